import type { Explanation } from '@upon/sdk'
import type { Style } from './style.ts'

/** What one automation made of an event, on one line. */
export function outcomeLine(style: Style, outcome: Explanation['outcomes'][number]): string {
  const { automation, fired, reason, launch_id } = outcome
  const verdict = fired ? style.green('fired') : style.yellow('did not fire')
  const launch = launch_id === null ? '' : style.dim(`  launch ${launch_id}`)
  return `${automation.key} (version ${automation.version}) ${verdict}: ${reason}${launch}`
}
