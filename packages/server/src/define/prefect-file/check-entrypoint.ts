import { resolve } from 'node:path'
import { type Problem, suggest } from '@upon/engine'
import { type Entrypoint, parseEntrypoint } from '../../lib/entrypoint.ts'
import { scanNode } from './node-source.ts'
import type { SourceFiles } from './prefect-file.ts'
import { scanPython } from './python-source.ts'

export interface EntrypointCheck {
  /** The name its source gives the flow, else the function's with dashes. */
  readonly flowName: string
  /** Whether the source gives a name that can only be known by running it. */
  readonly computed: boolean
  readonly problem: Omit<Problem, 'path'> | null
}

/** Looks at the source of an entrypoint without running it. A module that is not below `directory` is taken to be installed. */
export async function checkEntrypoint(text: string, directory: string, files: SourceFiles): Promise<EntrypointCheck> {
  const parsed = parseEntrypoint(text)
  if ('problem' in parsed)
    return failed(text, { message: parsed.problem.replace(/^entrypoint .*?: expected/, 'expected') })
  const { entrypoint } = parsed
  const [name = entrypoint.name] = entrypoint.name.split('.')
  const source = await sourceOf(entrypoint, directory, files)
  if (source === null) {
    if (entrypoint.kind === 'python-module')
      return { flowName: flowNameOf(entrypoint.name), computed: false, problem: null }
    return failed(entrypoint.name, { message: `there is no file ${entrypoint.path} in ${directory}` })
  }
  const scan = entrypoint.kind === 'node-file' ? scanNode(source.text) : scanPython(source.text)
  const given = scan.flowName(entrypoint.name)
  const flowName = given ?? flowNameOf(entrypoint.name)
  if (scan.has(name)) return { flowName, computed: given === undefined, problem: null }
  const what = entrypoint.kind === 'node-file' ? 'exports no' : 'has no function'
  const suggestion = suggest(name, scan.names)
  const expected = scan.names.length === 0 ? {} : { expected: scan.names.join(', ') }
  return failed(entrypoint.name, {
    message: `${source.path} ${what} "${name}"${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`,
    ...expected,
    ...(suggestion !== undefined && { suggestion }),
  })
}

/** `decorated_fn` is the flow `decorated-fn`. */
export const flowNameOf = (name: string): string => (name.split('.').at(-1) ?? name).replaceAll('_', '-')

const failed = (name: string, problem: Omit<Problem, 'path'>): EntrypointCheck => ({
  flowName: flowNameOf(name.split(':').at(-1) ?? name),
  computed: false,
  problem,
})

async function sourceOf(
  entrypoint: Entrypoint,
  directory: string,
  files: SourceFiles,
): Promise<{ path: string; text: string } | null> {
  for (const path of candidates(entrypoint)) {
    const text = await files.read(resolve(directory, path))
    if (text !== null) return { path, text }
  }
  return null
}

function candidates(entrypoint: Entrypoint): readonly string[] {
  if (entrypoint.kind !== 'python-module') return [entrypoint.path]
  const path = entrypoint.module.replaceAll('.', '/')
  return [`${path}.py`, `${path}/__init__.py`, `src/${path}.py`, `src/${path}/__init__.py`]
}
