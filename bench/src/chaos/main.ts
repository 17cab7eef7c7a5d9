import { parseArgs } from 'node:util'
import { runChaos } from './chaos.ts'
import { chaosText, holds } from './report.ts'

const USAGE = `Kills a real server at random instants under load and compares what it did with a replay of its log.

  npm run chaos -- [--kills 200] [--seed 1] [--rate 600] [--break decide] [--keep] [--json]

  --break decide  splits the decide transaction on purpose; the comparison must then fail
  --keep          keeps the data directory and names it
Exit: 0 no difference, 1 different, 2 usage.
`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      rate: { type: 'string', default: '600' },
      break: { type: 'string' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const numbers = [values.kills, values.seed, values.rate].map(Number)
  const [kills = 0, seed = 0, rate = 0] = numbers
  const usable = numbers.every(Number.isInteger) && kills >= 1 && rate >= 1
  if (values.help || !usable || (values.break !== undefined && values.break !== 'decide')) {
    process.stderr.write(USAGE)
    return values.help ? 0 : 2
  }
  const nodeArgs = values.break === undefined ? [] : ['--import', new URL('./break-decide.js', import.meta.url).href]
  const began = performance.now()
  const onProgress = (done: string) => {
    if (!/[1-9] of \d/.test(done))
      process.stderr.write(`${Math.round((performance.now() - began) / 1_000)} s: ${done}\n`)
  }
  const report = await runChaos({ kills, seed, rate, nodeArgs, keep: values.keep, onProgress })
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : chaosText(report))
  if (values.keep) process.stderr.write(`data kept in ${report.directory}\n`)
  return holds(report) ? 0 : 1
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`chaos: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 2
  },
)
