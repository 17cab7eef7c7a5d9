import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../lib/clock.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import type { LogLine, LogSink } from './log-line.ts'
import { type ScratchProject, scratchProject } from './scratch-project.ts'

let project: ScratchProject

beforeEach(() => {
  project = scratchProject({ PATH: process.env.PATH, FROM_BASE: 'base' })
})
afterEach(() => project[Symbol.dispose]())

/** A sink with a way to wait for a line. */
function watchedLog() {
  const texts: string[] = []
  let look = () => {}
  const log: LogSink = (line) => {
    texts.push(line.text)
    look()
  }
  const saw = (start: string) =>
    new Promise<string>((resolve) => {
      look = () => {
        const found = texts.find((text) => text.startsWith(start))
        if (found !== undefined) resolve(found)
      }
      look()
    })
  return { texts, log, saw }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // A dead process nobody waited for still has its number.
  return !existsSync('/proc/self/stat') || !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

test('a command given as a string is run by the shell in the directory, with its parameters', async () => {
  const command = 'pwd; echo "$UPON_PARAMETERS"; cat "$UPON_PARAMETERS_FILE"; echo; echo oops >&2'
  const { outcome, text } = await project.run({ command, parameters: { n: 41, who: 'é' } })
  expect(outcome).toEqual({ kind: 'completed', result: null })
  expect(text('stdout')).toEqual([project.directory, '{"n":41,"who":"é"}', '{"n":41,"who":"é"}'])
  expect(text('stderr')).toEqual(['oops'])
})

test('a command given as a list is started directly', async () => {
  const { text } = await project.run({ command: ['printf', '%s\\n', '$HOME; two words'] })
  expect(text('stdout')).toEqual(['$HOME; two words'])
})

test('parameters above 100 KB are only in the file', async () => {
  const command = 'wc -c < "$UPON_PARAMETERS_FILE"; printenv UPON_PARAMETERS || echo absent'
  const { text } = await project.run({ command, parameters: { big: 'x'.repeat(200_000) } })
  expect(text('stdout').map((line) => line.trim())).toEqual(['200010', 'absent'])
})

test("the environment is the base, the run's own variables over it, and Upon's, which cannot be overridden", async () => {
  const { text } = await project.run({
    command: 'echo $FROM_BASE $EXTRA $UPON_RUN_ID $UPON_ATTEMPT $UPON_DEPLOYMENT $TRACEPARENT $PYTHONUNBUFFERED',
    env: { EXTRA: 'extra', UPON_RUN_ID: 'forged', TRACEPARENT: 'forged' },
    attempt: 3,
    deployment: 'f/d',
    traceparent: '00-1-2-01',
  })
  expect(text('stdout')).toEqual(['base extra run-1 3 f/d 00-1-2-01 1'])
})

test('an exit code other than 0 is a failure that names the command and the code', async () => {
  const { outcome } = await project.run({ command: 'exit 3' })
  expect(outcome).toEqual({
    kind: 'failed',
    message: 'command "exit 3" ended with exit code 3',
    exitCode: 3,
    signal: null,
  })
})

test('a process killed from outside has crashed', async () => {
  const { outcome } = await project.run({ command: 'kill -KILL $$' })
  expect(outcome).toMatchObject({ kind: 'crashed', message: expect.stringContaining('SIGKILL') })
})

test.each([
  [{ command: ['no-such-program'] }, 'there is no program no-such-program'],
  [{ command: [] }, 'the command is an empty list'],
  [{}, 'neither an entrypoint nor a command'],
  [{ entrypoint: 'bin/flow.rb:main' }, 'expected "path/file.py:function"'],
  [{ entrypoint: 'flaw.py:main' }, 'did you mean flow.py?'],
  [
    { command: 'true', directory: '/no/such', commit: 'abc123' },
    'no directory /no/such (deployment recorded at commit abc123)',
  ],
])('%j fails with words and starts nothing', async (spec, words) => {
  project.write('flow.py', '')
  const running = await project.start(spec, () => {})
  expect(running.pid).toBeNull()
  expect(await running.ended).toMatchObject({ kind: 'failed', message: expect.stringContaining(words), exitCode: null })
})

test('a file that may not be executed fails with words', async () => {
  const file = project.write('script', '#!/bin/sh\n')
  chmodSync(file, 0o600)
  const { outcome } = await project.run({ command: [file] })
  expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('may not be executed') })
})

test('what the machine refuses is a crash, not an exception', async () => {
  const scratchDirectory = join(project.write('file', ''), 'below')
  const { outcome } = await project.run({ command: 'true' }, { scratchDirectory })
  expect(outcome).toMatchObject({ kind: 'crashed', message: expect.stringContaining('could not start: ENOTDIR') })
})

test('a source at another commit runs, and the log says so', async () => {
  project.write('.git/HEAD', `${'b'.repeat(40)}\n`)
  const { outcome, text } = await project.run({ command: 'true', commit: 'a'.repeat(40) })
  expect(outcome.kind).toBe('completed')
  expect(text('system')).toEqual([expect.stringMatching(/is at commit b+; deployment recorded at commit a+$/)])
})

test('100,000 lines arrive complete and in order, the last one without a newline', async () => {
  const { lines } = await project.run({ command: "seq 1 99999; printf 'héllo'" })
  expect(lines.length).toBe(100_000)
  expect(lines.every((line, index) => index === 99_999 || line.text === String(index + 1))).toBe(true)
  expect(lines[99_999]?.text).toBe('héllo')
})

test('a character whose bytes are written apart is whole in the log', async () => {
  const { text } = await project.run({ command: "printf '\\342\\202'; sleep 0.05; printf '\\254\\n'" })
  expect(text('stdout')).toEqual(['€'])
})

test('lines carry the instant they were read', async () => {
  const clock = manualClock(1_700_000_000_000_000)
  const { lines } = await project.run({ command: 'echo one' }, { clock })
  expect(lines).toEqual([{ stream: 'stdout', at: 1_700_000_000_000_000, text: 'one' }])
})

test('a sink that is not done stops the reading: the process waits, memory stays bounded and nothing is lost', async () => {
  let taken = 0
  let bytes = 0
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const log: LogSink = ({ text }) => {
    taken += 1
    bytes += text.length
    return opened
  }
  const marker = join(project.directory, 'done')
  const line = 'x'.repeat(999)
  const running = await project.start({ command: `yes ${line} | head -n 20000; touch ${marker}` }, log)
  let before = -1
  while (before !== taken || taken === 0) {
    before = taken
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  expect(bytes).toBeLessThan(2_000_000)
  expect(existsSync(marker)).toBe(false)
  open()
  expect((await running.ended).kind).toBe('completed')
  expect(taken).toBe(20_000)
})

test('the outcome waits for the sink, and counts the lines it refused', async () => {
  const refuse: LogSink = ({ text }) => (text === 'two' ? Promise.reject(new Error('disk full')) : Promise.resolve())
  const running = await project.start({ command: 'echo one; echo two; echo three' }, refuse)
  expect(await running.ended).toEqual({ kind: 'completed', result: null, logLinesLost: 1 })
})

test('cancel ends a whole tree that ignores SIGTERM', async () => {
  const { log, saw } = watchedLog()
  const command = `trap '' TERM; sh -c 'trap "" TERM; echo child $$; while :; do sleep 1; done' & wait; while :; do sleep 1; done`
  const running = await project.start({ command }, log)
  const child = Number((await saw('child')).split(' ')[1])
  const asked = systemClock.now()
  await running.cancel(200)
  expect(await running.ended).toEqual({
    kind: 'cancelled',
    message: 'cancelled: ended by SIGKILL, 200 ms after SIGTERM',
  })
  expect(systemClock.now() - asked).toBeLessThan(5_000_000)
  expect(isRunning(child)).toBe(false)
  expect(isRunning(Number(running.pid))).toBe(false)
})

test('cancel of a process that heeds SIGTERM needs no force and lets it say good-bye', async () => {
  const { log, saw, texts } = watchedLog()
  const command = `trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done`
  const running = await project.start({ command }, log)
  await saw('ready')
  await running.cancel()
  expect(await running.ended).toEqual({ kind: 'cancelled', message: 'cancelled: ended by SIGTERM' })
  expect(texts).toContain('bye')
})

test('a second cancel with a shorter grace brings the end forward', async () => {
  const { log, saw } = watchedLog()
  const running = await project.start({ command: `trap '' TERM; echo ready; while :; do sleep 1; done` }, log)
  await saw('ready')
  const first = running.cancel(3_600_000)
  await running.cancel(0)
  await first
  expect((await running.ended).kind).toBe('cancelled')
})

test('cancel after the end changes nothing', async () => {
  const running = await project.start({ command: 'true' }, () => {})
  expect((await running.ended).kind).toBe('completed')
  await running.cancel(0)
  expect((await running.ended).kind).toBe('completed')
})

test('a run that takes longer than its timeout is ended with its whole group', async () => {
  const clock = manualClock(0)
  const { log, saw } = watchedLog()
  const command = 'sleep 1000 & echo child $!; wait'
  const running = await project.start({ command, timeoutSeconds: 86_400 * 365 }, log, { clock })
  const child = Number((await saw('child')).split(' ')[1])
  clock.advance(86_400 * 365 * 1_000_000)
  expect(await running.ended).toEqual({
    kind: 'timed-out',
    message: 'ran longer than its timeout of 31536000 s: ended by SIGTERM',
  })
  expect(isRunning(child)).toBe(false)
})

test('what a process leaves behind in its group is ended, by force after the grace', async () => {
  const { log, texts } = watchedLog()
  const command = `sh -c 'trap "" TERM; while :; do sleep 1; done' & echo $!`
  const running = await project.start({ command }, log, { graceMs: 50 })
  expect((await running.ended).kind).toBe('completed')
  expect(isRunning(Number(texts[0]))).toBe(false)
})

test('a process that left the group but holds the pipe does not hold up the outcome', async (ctx) => {
  if (!existsSync('/usr/bin/setsid')) ctx.skip('needs setsid, to leave the process group')
  const { log, saw } = watchedLog()
  const running = await project.start({ command: "setsid sh -c 'echo daemon $$; exec sleep 1000' & sleep 0.1" }, log)
  const daemon = Number((await saw('daemon')).split(' ')[1])
  expect((await running.ended).kind).toBe('completed')
  process.kill(daemon, 'SIGKILL')
})

test('nothing is left in the scratch directory', async () => {
  await project.run({ command: 'true' })
  await project.run({ command: ['no-such-program'] })
  expect(readdirSync(project.scratchDirectory)).toEqual([])
})

test('only the owner can read what is handed over', async () => {
  const { text } = await project.run({ command: 'ls -ld "$(dirname "$UPON_PARAMETERS_FILE")" "$UPON_PARAMETERS_FILE"' })
  expect(text('stdout').map((line: LogLine['text']) => line.slice(0, 10))).toEqual(['drwx------', '-rw-------'])
})
