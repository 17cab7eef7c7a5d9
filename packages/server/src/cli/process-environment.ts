import type { Terminal } from './terminal.ts'

/** What user processes inherit: all but Upon's own secrets. */
export function processEnvironment(env: Terminal['env']): Readonly<Record<string, string>> {
  const { UPON_TOKEN: _token, ...rest } = env
  return Object.fromEntries(Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
