import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findPython } from '../run/executor/find-python.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/upon.js', import.meta.url))

/** Runs the demo until it watches, then stops it. Gives what it printed and its exit code. */
async function demo(directory: string, path: string): Promise<{ lines: readonly string[]; code: unknown }> {
  const argv = [PROGRAM, 'up', '--demo', '--port', '0', '--data', join(directory, 'data')]
  const server = spawn(process.execPath, argv, {
    cwd: directory,
    env: { PATH: path },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(server, 'exit')
  const lines: string[] = []
  for await (const line of createInterface({ input: server.stdout })) {
    lines.push(line)
    if (line.startsWith('Watching.')) server.kill('SIGTERM')
  }
  const [code] = await ended
  return { lines, code }
}

async function inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'upon-demo-'))
  try {
    return await use(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const MISMATCH = '  did not fire: prefect.resource.id is "other.resource", wanted "my.external.resource"'

test.skipIf((await findPython(process.env.PATH)) === null)(
  'the demo runs a Python function with the event, says why another event did not fire, and can be run again',
  async () => {
    await inDirectory(async (directory) => {
      for (const sign of ['+', '=']) {
        const { lines, code } = await demo(directory, process.env.PATH ?? '')
        expect(code).toBe(0)
        expect(lines).toContainEqual(expect.stringContaining(`${sign} deployment decorated-fn/my-deployment`))
        expect(lines).toContainEqual(
          expect.stringMatching(
            /fired → run \S+ → Running \(python\) → "got dict my\.external\.resource 41" → Completed/,
          ),
        )
        expect(lines).toContain(MISMATCH)
      }
    })
  },
)

test('without Python the demo says what is missing and goes on', async () => {
  await inDirectory(async (directory) => {
    const { lines, code } = await demo(directory, directory)
    expect(code).toBe(0)
    expect(lines[0]).toContain('no python')
    expect(lines).toContainEqual(expect.stringMatching(/Failed, .*no Python found.*install Python/))
    expect(lines).toContain(MISMATCH)
  })
})
