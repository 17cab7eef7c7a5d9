import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suggest } from '@upon/engine'
import { type Entrypoint, parseEntrypoint } from '../../lib/entrypoint.ts'
import { NO_PYTHON } from './find-python.ts'
import { type FailedOutcome, failedBeforeStart } from './process-outcome.ts'
import type { ProcessSpec } from './process-spec.ts'

const shim = (name: string) => fileURLToPath(new URL(`../../../shim/${name}`, import.meta.url))
const PYTHON_SHIM = shim('python_shim.py')
const NODE_SHIM = shim('node-shim.mjs')

/** What to spawn. The handover's folder goes first after the shim, where there is one. */
export interface Program {
  readonly file: string
  readonly args: (handoverFolder: string) => readonly string[]
  /** How messages name it. */
  readonly label: string
}

export interface Interpreters {
  /** The Node that runs entrypoints in JavaScript and TypeScript. */
  readonly node: string
  /** The Python for a run that names none; null when the machine has none. */
  python(): Promise<string | null>
}

export type ResolvedProgram = { readonly program: Program } | { readonly failed: FailedOutcome }

/** Finds what starts the run's command or entrypoint. */
export async function resolveProgram(spec: ProcessSpec, interpreters: Interpreters): Promise<ResolvedProgram> {
  if (spec.command !== null) return commandProgram(spec.command)
  if (spec.entrypoint === null)
    return failed('the deployment names neither an entrypoint nor a command', 'NoEntrypoint')
  const parsed = parseEntrypoint(spec.entrypoint)
  if ('problem' in parsed) return failed(parsed.problem, 'InvalidEntrypoint')
  const { entrypoint } = parsed
  const missing = entrypoint.kind === 'python-module' ? null : await missingFile(entrypoint.path, spec)
  if (missing !== null) return failed(missing, 'EntrypointNotFound')
  if (entrypoint.kind === 'node-file') return nodeProgram(entrypoint, spec, interpreters.node)
  return pythonProgram(entrypoint, spec, spec.python ?? (await interpreters.python()))
}

function commandProgram(command: string | readonly string[]): ResolvedProgram {
  if (typeof command === 'string') {
    return { program: { file: '/bin/sh', args: () => ['-c', command], label: `command ${JSON.stringify(command)}` } }
  }
  const [file, ...args] = command
  if (file === undefined)
    return failed('the command is an empty list: expected the program and its arguments', 'NoCommand')
  return { program: { file, args: () => args, label: `command ${JSON.stringify(command)}` } }
}

/** TypeScript needs no warning of Node's about how it is read; the user's own warnings stay in JavaScript entrypoints. */
function nodeProgram(entrypoint: Entrypoint & { path: string }, spec: ProcessSpec, node: string): ResolvedProgram {
  const flags = /\.[mc]?ts$/.test(entrypoint.path) ? ['--disable-warning=ExperimentalWarning'] : []
  const file = resolve(spec.directory, entrypoint.path)
  return {
    program: {
      file: node,
      args: (folder) => [...flags, NODE_SHIM, folder, file, entrypoint.name],
      label: `entrypoint ${spec.entrypoint}`,
    },
  }
}

function pythonProgram(
  entrypoint: Exclude<Entrypoint, { kind: 'node-file' }> | (Entrypoint & { path: string }),
  spec: ProcessSpec,
  python: string | null,
): ResolvedProgram {
  if (python === null) return failed(NO_PYTHON, 'PythonNotFound')
  const target =
    entrypoint.kind === 'python-module'
      ? ['module', entrypoint.module]
      : ['file', resolve(spec.directory, entrypoint.path)]
  return {
    program: {
      file: python,
      args: (folder) => [PYTHON_SHIM, folder, ...target, entrypoint.name],
      label: `entrypoint ${spec.entrypoint}`,
    },
  }
}

async function missingFile(path: string, spec: ProcessSpec): Promise<string | null> {
  const file = resolve(spec.directory, path)
  const found = await stat(file).catch(() => null)
  if (found?.isFile() === true) return null
  const names = await readdir(dirname(file)).catch(() => [])
  const close = suggest(basename(file), names)
  const shown = close === undefined ? null : resolve(dirname(file), close)
  const hint = shown === null ? '' : `; did you mean ${isAbsolute(path) ? shown : relative(spec.directory, shown)}?`
  return `entrypoint ${spec.entrypoint}: there is no file ${path} in ${spec.directory}${hint}`
}

function failed(message: string, errorType: string): ResolvedProgram {
  return { failed: failedBeforeStart(message, errorType) }
}
