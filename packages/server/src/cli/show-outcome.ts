import type { Cli } from './cli.ts'
import { EXIT_FAILED } from './cli-error.ts'
import type { OutcomeStep } from './follow-outcome.ts'
import type { FollowOptions } from './follow-run.ts'
import { createOutcomeText, isFailure } from './outcome-text.ts'

/** How to follow from a command: until Ctrl-C, or until `timeoutMs` milliseconds have passed. */
export function followOptions(cli: Cli, timeoutMs: number | undefined): FollowOptions {
  const { terminal } = cli
  const interrupted = terminal.interrupted()
  const signal = timeoutMs === undefined ? interrupted : AbortSignal.any([interrupted, AbortSignal.timeout(timeoutMs)])
  return { signal, now: terminal.now, wait: terminal.wait }
}

/** Prints steps as they come: as lines for people, or one JSON object a line. The command fails where a step did. */
export async function showOutcome(cli: Cli, steps: AsyncIterable<OutcomeStep>, json: true | undefined): Promise<void> {
  const text = createOutcomeText(cli.style, cli.terminal.out)
  try {
    for await (const step of steps) {
      if (json) cli.terminal.out(`${JSON.stringify(step)}\n`)
      else text.step(step)
      if (isFailure(step)) cli.exitCode = EXIT_FAILED
      await cli.terminal.flushed()
    }
  } finally {
    text.close()
  }
}
