import { markdownTable } from './lib/table.ts'
import { describeMachine } from './machine.ts'
import type { Row } from './row.ts'
import { cellsOf } from './rows-text.ts'

/** The page of the documentation that holds the last recorded results. */
export function benchmarksPage(rows: readonly Row[], repeats: number): string {
  const machine = markdownTable([['machine', ''], ...describeMachine()])
  return `# Benchmarks

Written by \`npm run bench -- --write\`; do not edit. Each figure is the median of ${repeats} repeats. Figures depend on the
machine; the ratio to a baseline measured in the same run is what counts.

${markdownTable(cellsOf(rows))}

${machine}

## The workload

Events of 1,016 bytes; each matches exactly one automation, and 1 % fire a \`do-nothing\`. By share of the events: 60 % exact
id, 15 % prefix, 5 % negation, 10 % \`match_related\`, 5 % \`for_each\` with a threshold of 5 (which makes the 1 %), 5 % that no
index can help with (a pattern of character classes). The last are left out of all rows but the one that
names them: each is compared with every event of its name, which is what the lint warns of. The seed is fixed; ids are UUIDs of version 7, as Prefect's client makes them. The load
generator is its own process with 8 connections.

- **match + decide** is the engine alone on parsed events in batches of 2,000, window updates included; its baseline parses the
  same events with \`JSON.parse\`. Each size runs in its own process, and the two are timed in turn.
- **POST /events** is compared with one prepared insert in a loop, one transaction per batch, through the same SQLite binding
  with the same \`synchronous = FULL\`.
- **event accepted → action dispatched** runs from the event's \`received\` in the log, which is taken before it is written, to
  when its action is taken up: write and sync of the event, the decision and its commit, and the outbox are all in it. The server's
  clock counts in milliseconds.
- **event accepted → user's process started** runs from \`received\` to what the process itself reads from its clock. The bare
  spawn starts the same command and is measured in the same run.
- **idle** is measured on a server with its embedded worker, with nothing to do.
`
}
