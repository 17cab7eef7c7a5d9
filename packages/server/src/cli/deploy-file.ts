import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { Json } from '@upon/engine'
import { ApiError, type Client, routes } from '@upon/sdk'
import { gitSource } from '../define/prefect-file/git-source.ts'
import type { PrefectFile, PrefectFileOptions } from '../define/prefect-file/prefect-file.ts'
import { readPrefectFile } from '../define/prefect-file/read-prefect-file.ts'
import { sourceFiles } from '../define/prefect-file/source-files.ts'
import { parseTriggerArgument, type TriggerArgument } from '../define/prefect-file/trigger-argument.ts'
import { located } from './automation-file.ts'
import type { Cli } from './cli.ts'
import { CliError, usage } from './cli-error.ts'
import { fileReason } from './read-json.ts'

export interface DeployOptions {
  readonly all?: true
  readonly name?: readonly string[]
  readonly pool?: string
  readonly trigger?: readonly string[]
  readonly prefectFile: string
  readonly dryRun?: true
  readonly json?: true
}

/** Reads what is to be deployed. Every mistake is raised at once, each with its line. */
export async function readDeployFile(
  cli: Cli,
  client: Client,
  entrypoint: string | undefined,
  options: DeployOptions,
): Promise<PrefectFile> {
  const { all, name, pool, prefectFile } = options
  if (all && name) throw usage('give --all or --name, not both')
  const absolute = resolve(cli.terminal.directory, prefectFile)
  const directory = dirname(absolute)
  const triggers = await readTriggers(cli, options.trigger ?? [])
  const { git } = await gitSource(directory)
  const file = await readPrefectFile({
    path: prefectFile,
    text: await fileText(absolute, prefectFile, entrypoint),
    directory,
    env: cli.terminal.env,
    all: all ?? false,
    ...(name && { only: name }),
    ...(options.trigger && { triggers: triggers.flatMap((one) => one.triggers) }),
    overrides: { ...(entrypoint && { entrypoint }), ...(pool && { workPool: pool }) },
    variable: (variable) => variableValue(client, variable),
    git,
    files: sourceFiles,
  } satisfies PrefectFileOptions)
  const problems = [...triggers.flatMap((one) => one.problems), ...file.problems]
  if (problems.length > 0) throw located(problems)
  return { ...file, notices: [...triggers.flatMap((one) => one.notices), ...file.notices] }
}

function readTriggers(cli: Cli, given: readonly string[]): Promise<TriggerArgument[]> {
  const read = (path: string) => readFile(resolve(cli.terminal.directory, path), 'utf8')
  return Promise.all(given.map((trigger) => parseTriggerArgument(trigger, read)))
}

/** An entrypoint on the command line needs no file. */
async function fileText(absolute: string, shown: string, entrypoint: string | undefined): Promise<string> {
  try {
    return await readFile(absolute, 'utf8')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (missing && entrypoint !== undefined) return 'deployments:\n  - {}\n'
    const hint = missing ? `. Go to where your ${basename(shown)} is, or name it with --prefect-file` : ''
    throw new CliError(`could not read ${shown}: ${fileReason(error)}${hint}`)
  }
}

async function variableValue(client: Client, variable: string): Promise<Json | undefined> {
  try {
    return (await client.call(routes.getVariable, { params: { variable } })).value
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not_found') return undefined
    throw error
  }
}
