import { type Automation, type AutomationWindow, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { printOne } from './inspect.ts'
import { type LaunchFilters, printLaunches, withLaunchFilters } from './launch.ts'
import { type ListOptions, lists, printList, type ReadOptions, reads } from './list.ts'
import { append, wholeNumber } from './option-values.ts'
import { triggerText } from './trigger-text.ts'
import { when, yesNo } from './words.ts'

interface AutomationFilters extends ListOptions {
  readonly tag?: readonly string[]
  readonly enabled?: true
  readonly disabled?: true
  readonly deployment?: string
}

/** `upon automation ls|inspect|versions|windows|logs`. */
export function addAutomationReads(automation: Command, cli: Cli): void {
  addList(automation, cli)
  addInspect(automation, cli)
  addVersions(automation, cli)
  addWindows(automation, cli)
  const logs = withLaunchFilters(automation.command('logs <automation>').description('list its launches, newest first'))
  logs.action(async (name: string, options: LaunchFilters) => printLaunches(cli, logs, options, name))
  examples(logs, ['upon automation logs my-deployment__automation_1', 'upon automation logs alert --state failed'])
}

function addList(automation: Command, cli: Cli): void {
  const list = lists(automation.command('ls').description('list automations'))
    .option('--tag <tag>', 'only with this tag; repeatable', append)
    .option('--enabled', 'only those that fire')
    .option('--disabled', 'only those that do not')
    .option('--deployment <name>', 'only those a deployment owns, or that run it')
    .action(async ({ tag, enabled, disabled, deployment, ...options }: AutomationFilters) => {
      const client = cli.client(list)
      const filter = {
        ...(tag && { tag: [...tag] }),
        ...(enabled !== disabled && { enabled: enabled === true }),
        ...(deployment && { deployment }),
      }
      await printList(cli, {
        options,
        page: (query) => client.call(routes.listAutomations, { query: { ...filter, ...query } }),
        headings: ['KEY', 'ENABLED', 'WHEN', 'DO', 'VERSION'],
        row: (one) => [one.key, yesNo(one.enabled), triggerText(one.trigger), actionsOf(one), String(one.version)],
        none: 'no automations; "upon apply -f FILE" and "upon deploy" make them',
      })
    })
  examples(list, ['upon automation ls', 'upon automation ls --disabled --json'])
}

const actionsOf = ({ actions, actions_on_trigger, actions_on_resolve }: Automation): string =>
  [...actions, ...actions_on_trigger, ...actions_on_resolve].map(({ type }) => type).join(', ')

function addInspect(automation: Command, cli: Cli): void {
  const inspect = reads(automation.command('inspect <automation>').description('show an automation'))
    .option('--at-version <number>', 'as it was in this version', wholeNumber(1))
    .action(async (name: string, { atVersion, ...options }: ReadOptions & { atVersion?: number }) => {
      const client = cli.client(inspect)
      const found =
        atVersion === undefined
          ? await client.call(routes.getAutomation, { params: { automation: name } })
          : await client.call(routes.getAutomationVersion, { params: { automation: name, version: String(atVersion) } })
      printOne(cli, options, found)
    })
  examples(inspect, ['upon automation inspect my-deployment__automation_1'])
}

function addVersions(automation: Command, cli: Cli): void {
  const versions = lists(automation.command('versions <automation>').description('list its versions, newest first'))
  versions.action(async (name: string, options: ListOptions) => {
    const client = cli.client(versions)
    await printList(cli, {
      options,
      page: (query) => client.call(routes.listAutomationVersions, { params: { automation: name }, query }),
      headings: ['VERSION', 'CHANGED', 'ENABLED', 'WHEN', 'DO'],
      row: (one) => [
        String(one.version),
        when(one.updated),
        yesNo(one.enabled),
        triggerText(one.trigger),
        actionsOf(one),
      ],
      none: 'no versions',
    })
  })
  examples(versions, ['upon automation versions my-deployment__automation_1'])
}

function addWindows(automation: Command, cli: Cli): void {
  const windows = lists(automation.command('windows <automation>').description('show how far its trigger has counted'))
  windows.action(async (name: string, options: ListOptions) => {
    const client = cli.client(windows)
    await printList(cli, {
      options,
      page: (query) => client.call(routes.listAutomationWindows, { params: { automation: name }, query }),
      headings: ['FOR', 'COUNT', 'FROM', 'UNTIL', 'LAST EVENT'],
      row: (one) => [
        keyOf(one),
        `${one.count} of ${one.threshold}`,
        when(one.start),
        when(one.end),
        one.last_event_id ?? '',
      ],
      none: 'no open windows',
    })
  })
  examples(windows, ['upon automation windows my-deployment__automation_1'])
}

const keyOf = ({ labels }: AutomationWindow): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(', ') || 'all events'
