/** One step of the schema. Steps only go forward, each in one transaction, and are never changed once released. */
export interface Migration {
  /** 1, 2, 3 …: the schema version after this step. */
  readonly version: number
  readonly name: string
  readonly sql: string
}
