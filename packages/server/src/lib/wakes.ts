/**
 * How one stage tells the next that there is something to do. Only a hint: every stage also looks by itself,
 * so a lost wake costs time and never work.
 */
export interface Wakes {
  /** Raised rows were committed: the pump in `ingest` should append them. */
  raised(): void
  /** Launches were committed or became due: `act` should look at the outbox. */
  launches(): void
  /** Runs were created, started now or ended: workers should look for runs that may start. */
  runs(): void
}
