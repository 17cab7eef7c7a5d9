import type { Terminal } from './terminal.ts'

export interface TestTerminal extends Terminal {
  /** What was written so far. */
  readonly written: { out: string; err: string }
  /** Ctrl-C. */
  interrupt(): void
}

/** A terminal without a process around it: what a command writes is kept, what it reads is given. */
export function createTestTerminal(
  given: Partial<Pick<Terminal, 'env' | 'directory' | 'color'>> & { input?: string } = {},
): TestTerminal {
  const interruption = new AbortController()
  const written = { out: '', err: '' }
  return {
    written,
    interrupt: () => interruption.abort(),
    out(text) {
      written.out += text
    },
    err(text) {
      written.err += text
    },
    flushed: async () => {},
    readInput: async () => given.input ?? '',
    env: given.env ?? {},
    directory: given.directory ?? process.cwd(),
    color: given.color ?? false,
    now: () => Date.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    interrupted: () => interruption.signal,
  }
}
