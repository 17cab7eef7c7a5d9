import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../lib/clock.ts'
import { lineSplitter } from './line-splitter.ts'
import type { LogGate } from './log-gate.ts'
import type { LogLine } from './log-line.ts'

/** A pipe still open this long after the last process of the group ended is held by one that left the group. */
const SILENCE_MS = 300

export interface Output {
  /** Resolves once the pipes ended and every line was offered; gives up on a pipe that stays open and silent. */
  finish(): Promise<void>
}

/** Reads both pipes line by line into the gate, never faster than the gate takes them. */
export function captureOutput(pipes: { stdout: Readable; stderr: Readable }, gate: LogGate, clock: Clock): Output {
  let chunks = 0

  async function read(stream: 'stdout' | 'stderr'): Promise<void> {
    const splitter = lineSplitter()
    try {
      for await (const chunk of pipes[stream]) {
        chunks += 1
        await offerAll(splitter.push(chunk), stream)
      }
    } catch {
      // The pipe was abandoned in finish(), or broke: what was read still counts.
    }
    await offerAll(splitter.end(), stream)
  }

  async function offerAll(lines: readonly string[], stream: LogLine['stream']): Promise<void> {
    const at = clock.now()
    for (const text of lines) {
      gate.offer({ stream, at, text })
      if (gate.full()) await gate.room()
    }
  }

  const ended = Promise.all([read('stdout'), read('stderr')]).then(() => true)

  async function finish(): Promise<void> {
    for (;;) {
      const before = chunks
      const stop = new AbortController()
      const silence = delay(SILENCE_MS, false, { signal: stop.signal }).catch(() => false)
      const done = await Promise.race([ended, silence])
      stop.abort()
      if (done) return
      if (chunks !== before || gate.full()) continue
      pipes.stdout.destroy()
      pipes.stderr.destroy()
    }
  }

  return { finish }
}
