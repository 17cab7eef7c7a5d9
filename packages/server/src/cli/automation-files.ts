import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { placeText } from '../define/located-problem.ts'
import { checkDocuments, readDocuments, type WrittenAutomation } from './automation-file.ts'
import type { Cli } from './cli.ts'
import { CliError } from './cli-error.ts'
import { fileReason } from './read-json.ts'

/** Most files of one directory. */
const FILES_MAX = 10_000
const DEFINITION = /\.(ya?ml|json)$/i
/** Files of this name hold deployments; `upon deploy` reads them. */
const DEPLOYMENTS = /^prefect\.ya?ml$/i

/** Every automation of files and directories (with those below them), in the order of their names. */
export async function readAutomations(cli: Cli, paths: readonly string[]): Promise<readonly WrittenAutomation[]> {
  const files = (await Promise.all(paths.map((path) => filesOf(cli, path)))).flat()
  const documents = await Promise.all(files.map((file) => readDocuments(cli, file)))
  const written = checkDocuments(documents.flat())
  refuseTwins(written)
  return written
}

async function filesOf(cli: Cli, path: string): Promise<readonly string[]> {
  if (path === '-') return [path]
  const absolute = resolve(cli.terminal.directory, path)
  const found = await stat(absolute).catch((error: unknown) => {
    throw new CliError(`could not read ${path}: ${fileReason(error)}`)
  })
  if (!found.isDirectory()) return [path]
  const names = await readdir(absolute, { recursive: true })
  const files = names.filter(isDefinition).sort()
  // With --prune, a mistyped directory would remove everything.
  if (files.length === 0)
    throw new CliError(`${path} holds no .yaml, .yml or .json file with automations; prefect.yaml is for "upon deploy"`)
  if (files.length > FILES_MAX) throw new CliError(`${path} has more than ${FILES_MAX} files of definitions`)
  return files.map((name) => join(path, name))
}

function isDefinition(name: string): boolean {
  const parts = name.split(/[/\\]/)
  const hidden = parts.some((part) => part.startsWith('.') || part === 'node_modules')
  return !hidden && DEFINITION.test(name) && !DEPLOYMENTS.test(parts.at(-1) ?? '')
}

function refuseTwins(written: readonly WrittenAutomation[]): void {
  const first = new Map<string, WrittenAutomation>()
  for (const one of written) {
    const { key } = one.input
    const before = first.get(key)
    if (before !== undefined) {
      const there = placeText(before.source.place('key'))
      throw new CliError(`${placeText(one.source.place('key'))}: the key "${key}" is used before, in ${there}`)
    }
    first.set(key, one)
  }
}
