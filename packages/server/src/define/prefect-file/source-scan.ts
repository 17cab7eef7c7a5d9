/** What is seen in a source file without running it. */
export interface SourceScan {
  /** The functions it surely has, for suggestions. */
  readonly names: readonly string[]
  /** False only when the file surely has nothing of this name. */
  has(name: string): boolean
  /** The flow name the source gives a function, null when it gives none, undefined when it is computed. */
  flowName(name: string): string | null | undefined
}
