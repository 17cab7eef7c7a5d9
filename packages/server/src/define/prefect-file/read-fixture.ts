import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Json } from '@upon/engine'
import { problemText } from '../located-problem.ts'
import type { PrefectFile, PrefectFileOptions } from './prefect-file.ts'
import { readPrefectFile } from './read-prefect-file.ts'
import { sourceFiles } from './source-files.ts'

/** For tests: the folder of example files. */
export const FIXTURES = fileURLToPath(new URL('../../../../../fixtures/prefect-yaml', import.meta.url))

export const fixture = (name: string): string => readFileSync(`${FIXTURES}/${name}`, 'utf8')

const VARIABLES = new Map<string, Json>([
  ['region', 'eu'],
  ['stream', true],
  ['limits', { max: 3 }],
  ['names', ['a', 'b']],
])

/** For tests: reads the text of a deployment file as if it lay beside the fixtures. */
export function read(text: string, options: Partial<PrefectFileOptions> = {}): Promise<PrefectFile> {
  return readPrefectFile({
    path: 'prefect.yaml',
    text,
    directory: FIXTURES,
    env: { STAGE: 'prod', ACTIVE: 'true' },
    variable: async (name) => VARIABLES.get(name),
    git: null,
    files: sourceFiles,
    ...options,
  })
}

/** For tests: the problems of a file, one line each. */
export const problemLines = ({ problems }: PrefectFile): string[] =>
  problems.map((problem) => problemText(problem).split('\n')[0] ?? '')

/** For tests: the notices of a file as `kind path: message`. */
export const noticeLines = ({ notices }: PrefectFile): string[] =>
  notices.map(({ kind, path, line, message }) => `${line} ${kind} ${path}: ${message}`)

/** For tests: one deployment with the lines given. */
export const deployment = (...lines: readonly string[]): string =>
  [
    'deployments:',
    '- name: a',
    '  entrypoint: flows/etl.py:plain',
    '  work_pool: {name: p}',
    ...lines.map((line) => `  ${line}`),
  ].join('\n')
