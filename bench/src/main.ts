import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchmarksPage } from './benchmarks-page.ts'
import { engineRows } from './engine/engine-rows.ts'
import { dispatchRows } from './live/dispatch-rows.ts'
import { idleRows } from './live/idle-rows.ts'
import { ingestRows } from './live/ingest-rows.ts'
import { processRows } from './live/process-rows.ts'
import type { Bench, Row } from './row.ts'
import { rowsText } from './rows-text.ts'

const BENCHES: Readonly<Record<string, Bench>> = {
  engine: engineRows,
  ingest: ingestRows,
  dispatch: dispatchRows,
  process: processRows,
  idle: idleRows,
}
const REPEATS = 5
const REPEATS_QUICK = 1
const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))
const USAGE = `Measures against the budgets.

  npm run bench -- [--only ${Object.keys(BENCHES).join('|')}] [--quick] [--write] [--json]

  --only   one group of rows; may be repeated
  --quick  one short repeat of each: a look, not a result
  --write  records the results in docs/benchmarks.md; needs all rows
`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = values.only.some((name) => !Object.hasOwn(BENCHES, name))
  const partial = values.only.length > 0 || values.quick
  if (values.help || unknown || (values.write && partial)) {
    process.stderr.write(USAGE)
    return values.help ? 0 : 2
  }
  const repeats = values.quick ? REPEATS_QUICK : REPEATS
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const rows: Row[] = []
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (values.only.length > 0 && !values.only.includes(name)) continue
    rows.push(...(await bench({ repeats, quick: values.quick, say })))
  }
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : rowsText(rows))
  if (values.write) writeFileSync(PAGE, benchmarksPage(rows, repeats))
  return 0
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  },
)
