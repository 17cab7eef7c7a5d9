import { type Explanation, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { outcomeLine } from './explanation-text.ts'
import { type ReadOptions, reads } from './list.ts'

/** `upon automation explain`. */
export function addAutomationExplain(automation: Command, cli: Cli): void {
  const explain = reads(automation.command('explain <automation> <event-id>'))
    .description('say why an event did or did not make an automation fire')
    .action(async (name: string, event: string, options: ReadOptions) => {
      const client = cli.client(explain)
      const { id, key } = await client.call(routes.getAutomation, { params: { automation: name } })
      const explanation = await client.call(routes.explainEvent, { params: { event } })
      const outcome = explanation.outcomes.find((one) => one.automation.id === id)
      if (options.json) cli.json({ decided: explanation.decided, outcome: outcome ?? null })
      else cli.print(outcome === undefined ? notNear(explanation, key) : outcomeLine(cli.style, outcome))
    })
  examples(explain, ['upon automation explain my-deployment__automation_1 018f3b1e-7c1a-7000-8000-000000000000'])
}

function notNear({ decided, event }: Explanation, key: string): string {
  if (!decided) return 'the event is not decided yet'
  return `${key} did not fire: "${event.event}" is none of the events it expects, or it was not enabled`
}
