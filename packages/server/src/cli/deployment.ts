import { type Deployment, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { addDeploymentRun } from './deployment-run.ts'
import { examples } from './examples.ts'
import { printOne } from './inspect.ts'
import { type ListOptions, lists, printList, type ReadOptions, reads } from './list.ts'
import { append } from './option-values.ts'
import { yesNo } from './words.ts'

interface DeploymentFilters extends ListOptions {
  readonly flow?: string
  readonly tag?: readonly string[]
  readonly pool?: string
}

/** `upon deployment`. */
export function registerDeployment(program: Command, cli: Cli): void {
  const deployment = program.command('deployment').description('programs that can be run, and how')
  addList(deployment, cli)
  addDeploymentRun(deployment, cli)
  const inspect = reads(deployment.command('inspect <name>').description('show a deployment: flow/name, key or id'))
  inspect.action(async (name: string, options: ReadOptions) => {
    printOne(cli, options, await cli.client(inspect).call(routes.getDeployment, { params: { deployment: name } }))
  })
  examples(inspect, ['upon deployment inspect decorated-fn/my-deployment'])
  addChanges(deployment, cli)
}

function addList(deployment: Command, cli: Cli): void {
  const list = lists(deployment.command('ls').description('list deployments'))
    .option('--flow <name>', 'only of this flow')
    .option('--tag <tag>', 'only with this tag; repeatable', append)
    .option('-p, --pool <name>', 'only of this work pool')
    .action(async ({ flow, tag, pool, ...options }: DeploymentFilters) => {
      const client = cli.client(list)
      const filter = { ...(flow && { flow }), ...(tag && { tag: [...tag] }), ...(pool && { work_pool: pool }) }
      await printList(cli, {
        options,
        page: (query) => client.call(routes.listDeployments, { query: { ...filter, ...query } }),
        headings: ['NAME', 'RUNS', 'WORK POOL', 'PAUSED', 'TAGS', 'VERSION'],
        row: (one) => [
          one.full_name,
          programOf(one),
          one.work_pool ?? '',
          yesNo(one.paused),
          one.tags.join(', '),
          one.version ?? '',
        ],
        none: 'no deployments; "upon deploy --all" makes those of a prefect.yaml',
      })
    })
  examples(list, ['upon deployment ls', 'upon deployment ls --flow decorated-fn --json'])
}

const programOf = ({ command, entrypoint }: Deployment): string =>
  command === null ? (entrypoint ?? '') : [command].flat().join(' ')

function addChanges(deployment: Command, cli: Cli): void {
  const pause = reads(deployment.command('pause <name>').description('pause its schedules')).action(
    async (name: string, options: ReadOptions) => {
      printChange(cli, options, await cli.client(pause).call(routes.pauseDeployment, { params: { deployment: name } }))
    },
  )
  examples(pause, ['upon deployment pause decorated-fn/my-deployment'])

  const resume = reads(deployment.command('resume <name>').description('resume its schedules')).action(
    async (name: string, options: ReadOptions) => {
      printChange(
        cli,
        options,
        await cli.client(resume).call(routes.resumeDeployment, { params: { deployment: name } }),
      )
    },
  )
  examples(resume, ['upon deployment resume decorated-fn/my-deployment'])

  const remove = deployment
    .command('delete <name>')
    .description('delete a deployment and the automations it owns; its runs stay')
    .action(async (name: string) => {
      await cli.client(remove).call(routes.deleteDeployment, { params: { deployment: name } })
      cli.print(`- deployment ${name}`)
    })
  examples(remove, ['upon deployment delete decorated-fn/my-deployment'])
}

function printChange(cli: Cli, { json }: ReadOptions, deployment: Deployment): void {
  if (json) cli.json(deployment)
  else cli.print(`~ deployment ${deployment.full_name}: schedules ${deployment.paused ? 'paused' : 'active'}`)
}
