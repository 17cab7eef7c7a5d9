import { openDatabase } from 'upon/dist/store/sqlite/driver.js'

const POLL_MS = 100
/** Times in a row nothing may be left to do: one thing done can raise the next. */
const QUIET_POLLS = 3

const OPEN = `
SELECT (SELECT max(position) FROM log) - (SELECT cursor FROM decider) AS undecided,
       (SELECT count(*) FROM raised) AS raised,
       (SELECT count(*) FROM launches WHERE due IS NOT NULL) AS launches,
       (SELECT count(*) FROM runs WHERE ended IS NULL) AS runs`

interface Open {
  readonly undecided: number
  readonly raised: number
  readonly launches: number
  readonly runs: number
}

/** Waits until the server has decided, launched and run all there is. Gives up with a count of what is left. */
export async function untilSettled(databaseFile: string, timeoutMs: number): Promise<void> {
  const until = performance.now() + timeoutMs
  const db = openDatabase(databaseFile, { readOnly: true, timeout: 5_000 })
  try {
    const open = db.prepare<Open>(OPEN)
    let quiet = 0
    for (let left = open.get(); quiet < QUIET_POLLS; left = open.get()) {
      const busy = left === undefined || left.undecided + left.raised + left.launches + left.runs > 0
      quiet = busy ? 0 : quiet + 1
      if (performance.now() > until) throw new Error(`not all was done in time, left: ${JSON.stringify(left)}`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  } finally {
    db.close()
  }
}
