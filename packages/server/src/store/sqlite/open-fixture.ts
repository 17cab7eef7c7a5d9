import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A process of its own that appends to a store as fast as it can, naming each batch once it was acknowledged. */
export interface Appender {
  readonly pid: number | undefined
  /** Kills it without warning. */
  kill(): Promise<void>
  /** Kills it while it goes on appending after so many batches; resolves with every id it acknowledged. */
  killAfterBatches(batches: number): Promise<readonly string[]>
}

const SCRIPT = `
import { openSqliteStore } from '${new URL('./open.js', import.meta.url)}'
import { eventEntry } from '${new URL('../conformance/samples.js', import.meta.url)}'
const store = await openSqliteStore({ directory: process.argv[1] })
console.log('ready')
for (let batch = 0; ; batch += 1) {
  const ids = Array.from({ length: 50 }, (_, index) => process.pid + '-' + batch + '-' + index)
  await store.log.append(ids.map((id) => eventEntry(id, { payload: { text: 'x'.repeat(200) } })), { now: 1 })
  console.log(ids.join(' '))
  await new Promise((resolve) => setImmediate(resolve))
}`

/** User and group that own nothing. */
const NOBODY = 65_534

/** Tries to open a store as a user whom permissions bind; resolves with the error's code and message. */
export async function openErrorAsUser(directory: string): Promise<string> {
  const script = `
import { openSqliteStore } from '${new URL('./open.js', import.meta.url)}'
if (process.getuid?.() === 0) {
  process.setgid(${NOBODY})
  process.setuid(${NOBODY})
}
await openSqliteStore({ directory: process.argv[1] }).then(
  () => console.log('opened'),
  (error) => console.log(error.code + ': ' + error.message),
)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return String(line)
}

/** Starts appending to the store in `directory`; resolves once the process holds it. */
export async function startAppender(directory: string): Promise<Appender> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const acknowledged: string[] = []
  const [first] = await once(lines, 'line')
  if (first !== 'ready') throw new Error(`the appender said ${first}`)

  let batches = 0
  let wanted = Number.POSITIVE_INFINITY
  lines.on('line', (line: string) => {
    acknowledged.push(...line.split(' '))
    batches += 1
    if (batches === wanted) child.kill('SIGKILL')
  })
  const closed = once(child, 'close')
  return {
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
    async killAfterBatches(count) {
      wanted = batches + count
      await closed
      return acknowledged
    },
  }
}
