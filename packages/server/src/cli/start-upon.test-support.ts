import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../bin/upon.js', import.meta.url))

export interface UponProcess {
  readonly process: ChildProcess
  /** Resolves with the text so far once standard output matches. */
  printed(pattern: RegExp): Promise<string>
  /** Resolves when the process has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
}

export interface ProcessPlace {
  readonly directory: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts `upon` as a user does: as a process of its own. */
export function startUpon(argv: readonly string[], { directory, env = {} }: ProcessPlace): UponProcess {
  const child = spawn(process.execPath, [bin, ...argv], { cwd: directory, env: { ...process.env, ...env } })
  const text = { out: '', err: '' }
  const looking = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.out += chunk
    for (const look of looking) look()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.err += chunk
  })
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...text }))
  return {
    process: child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(text.out)) resolve(text.out)
        }
        looking.add(look)
        look()
        void ended.then(() => reject(new Error(`ended without printing ${pattern}:\n${text.out}${text.err}`)))
      }),
  }
}

/** Runs `upon` as a process to its end. */
export const uponProcess = (argv: readonly string[], place: ProcessPlace) => startUpon(argv, place).ended
