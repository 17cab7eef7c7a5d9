import type { DeployAnswer } from '@upon/sdk'
import { placeText } from '../define/located-problem.ts'
import type { Notice } from '../define/prefect-file/prefect-file.ts'
import { changeSign } from './change-sign.ts'
import type { Cli } from './cli.ts'
import { triggerText } from './trigger-text.ts'

/**
 * Prints what a deploy changed:
 * `+ work pool my-work-pool (process)   + deployment decorated-fn/my-deployment`, then the automations it owns.
 */
export function printDeployed(cli: Cli, { work_pools, work_queues, deployments, automations }: DeployAnswer): void {
  const { style } = cli
  const made = work_pools.filter(({ change }) => change === 'created')
  const pools = [
    ...made.map(({ name, type }) => `${style.green('+')} work pool ${name} (${type})`),
    ...work_queues.map(({ name, work_pool }) => `${style.green('+')} work queue ${work_pool}/${name}`),
  ]
  const lines = deployments.map(
    ({ deployment, change }) => `${changeSign(style, change)} deployment ${deployment.full_name}`,
  )
  // A small deploy reads as one line; a large one as a list.
  if (pools.length <= 1 && lines.length === 1) cli.print(`  ${[...pools, ...lines].join('   ')}`)
  else cli.print(...[...pools, ...lines].map((line) => `  ${line}`))
  for (const { automation, change } of automations) {
    const what = change === 'removed' ? '' : `: ${triggerText(automation.trigger)}`
    cli.print(
      `  ${changeSign(style, change)} automation ${automation.key}${what}${automation.enabled ? '' : ' (disabled)'}`,
    )
  }
}

/** Prints what is not an error and what its author should know, once each. */
export function printNotices(cli: Cli, notices: readonly Notice[], { warnings }: DeployAnswer): void {
  for (const notice of notices) {
    const kind = notice.kind === 'lint' ? cli.style.yellow('warning') : cli.style.dim('notice')
    cli.note(`  ${kind} ${placeText(notice)}: ${notice.path === '' ? '' : `${notice.path}: `}${notice.message}`)
  }
  const told = new Set(notices.map(({ message }) => message))
  for (const { path, message } of warnings.filter((warning) => !told.has(warning.message))) {
    cli.note(`  ${cli.style.yellow('warning')} ${path === '' ? '' : `${path}: `}${message}`)
  }
}
