import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isJsonObject, type Json, type JsonObject } from '@upon/engine'
import { problemText } from '../define/located-problem.ts'
import { parseJsonSource } from '../define/yaml.ts'
import type { Cli } from './cli.ts'
import { CliError } from './cli-error.ts'

/** The object an option names: JSON as it is, `@file`, or `-` for standard input. `name` is how messages call it. */
export async function readJsonObject(cli: Cli, name: string, given: string): Promise<JsonObject> {
  const value = await readJson(cli, name, given)
  if (isJsonObject(value)) return value
  throw new CliError(`${name} must be a JSON object such as {"n": 41}, not ${JSON.stringify(value).slice(0, 80)}`)
}

async function readJson(cli: Cli, name: string, given: string): Promise<Json> {
  const source = await textOf(cli, name, given)
  const parsed = parseJsonSource(source)
  if (!parsed.ok) throw new CliError(`${name} is not JSON\n${parsed.problems.map(problemText).join('\n')}`)
  return parsed.documents[0]?.value ?? null
}

async function textOf(cli: Cli, name: string, given: string): Promise<{ path: string; text: string }> {
  if (given === '-') return { path: 'standard input', text: await cli.terminal.readInput() }
  if (given.startsWith('@')) return readTextFile(cli, given.slice(1))
  return { path: name, text: given }
}

/** The text of a file that the command line names. */
export async function readTextFile(cli: Cli, path: string): Promise<{ path: string; text: string }> {
  try {
    return { path, text: await readFile(resolve(cli.terminal.directory, path), 'utf8') }
  } catch (error) {
    throw new CliError(`could not read ${path}: ${fileReason(error)}`)
  }
}

export function fileReason(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a directory'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  return error instanceof Error ? error.message : String(error)
}
