/** One line of the benchmark table. */
export interface Row {
  readonly what: string
  readonly measured: string
  /** What it is compared with, measured in the same run. */
  readonly baseline: string
  readonly ratio: string
  readonly budget: string
  /** Null where no budget was set. */
  readonly met: boolean | null
}

export interface BenchOptions {
  /** Each figure is the median of so many repeats. */
  readonly repeats: number
  /** Less work per repeat, for a look; not for the record. */
  readonly quick: boolean
  readonly say: (line: string) => void
}

export type Bench = (options: BenchOptions) => Promise<readonly Row[]>
