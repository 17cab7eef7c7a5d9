import { ApiError, type Client, type DeployAnswer, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { PrefectFile } from '../define/prefect-file/prefect-file.ts'
import { located } from './automation-file.ts'
import type { Cli } from './cli.ts'
import { printDeployed, printNotices } from './deploy-answer.ts'
import { type DeployOptions, readDeployFile } from './deploy-file.ts'
import { examples } from './examples.ts'
import { append } from './option-values.ts'
import { asProblem } from './problem-detail.ts'

/** `upon deploy`. */
export function registerDeploy(program: Command, cli: Cli): void {
  const deploy = program
    .command('deploy [entrypoint]')
    .description('deploy what a prefect.yaml describes, with its triggers')
    .option('--all', 'every deployment of the file')
    .option('-n, --name <name>', 'only this one: name, flow/name, or with "*"; repeatable', append)
    .option('-p, --pool <name>', 'work pool of the one that is deployed')
    .option('--trigger <trigger>', 'JSON, or a file with triggers, instead of those in the file; repeatable', append)
    .option('--prefect-file <path>', 'the file to read', 'prefect.yaml')
    .option('--dry-run', 'only say what would change')
    .option('--json', 'print JSON')
    .action(async (entrypoint: string | undefined, options: DeployOptions) => {
      const client = cli.client(deploy)
      const file = await readDeployFile(cli, client, entrypoint, options)
      const answer = await send(client, file, options.dryRun ?? false)
      if (options.json) cli.json({ ...answer, notices: file.notices })
      else {
        printDeployed(cli, answer)
        printNotices(cli, file.notices, answer)
        printNext(cli, answer, options.dryRun ?? false)
      }
    })
  examples(deploy, [
    'upon deploy --all',
    'upon deploy -n my-deployment --prefect-file examples/pinged/prefect.yaml',
    `upon deploy -n my-deployment --trigger '{"expect": ["external.resource.pinged"]}'`,
    'upon deploy flow.py:my_flow -n nightly --pool my-work-pool --dry-run',
  ])
}

async function send(client: Client, file: PrefectFile, dryRun: boolean): Promise<DeployAnswer> {
  try {
    return await client.call(routes.deploy, { body: { deployments: [...file.deployments], dry_run: dryRun } })
  } catch (error) {
    const problems = error instanceof ApiError ? (error.problem.problems ?? []) : []
    throw problems.length === 0 ? error : located(problems.map((problem) => file.locate(asProblem(problem))))
  }
}

function printNext(cli: Cli, { deployments }: DeployAnswer, dryRun: boolean): void {
  const [first] = deployments
  if (first === undefined) return
  cli.note(
    dryRun
      ? 'nothing was changed; run it again without --dry-run'
      : `run it with: upon deployment run ${first.deployment.full_name} --watch`,
  )
}
