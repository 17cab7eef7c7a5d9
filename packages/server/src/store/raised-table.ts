import type { NewEntry } from './log-store.ts'

/** An entry Upon itself causes, written in the transaction that caused it; the pump in `ingest` appends it. */
export type NewRaised = Exclude<NewEntry, { kind: 'clock' }>

export interface RaisedRow {
  readonly sequence: number
  readonly entry: NewRaised
}

export interface RaisedTable {
  /** Returns the sequence numbers, in order. */
  add(rows: readonly NewRaised[]): Promise<readonly number[]>
  /** Rows in order of `sequence`, at most `limit`. They leave with the append that carries them. */
  pending(limit: number): Promise<readonly RaisedRow[]>
  count(): Promise<number>
}
