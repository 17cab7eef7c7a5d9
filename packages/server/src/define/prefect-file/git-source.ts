import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

/** A checkout that does not answer in time is taken for none, in milliseconds. */
const GIT_TIMEOUT_MS = 10_000

export interface GitSource {
  /** Absolute. */
  readonly directory: string
  /** The checkout the directory is in; null outside of one, without a commit, or without `git`. */
  readonly git: {
    readonly root: string
    readonly commit: string
    readonly short: string
    /** Whether tracked files differ from the commit. */
    readonly dirty: boolean
  } | null
}

/** Says where a directory is and which Git commit it holds. */
export async function gitSource(directory: string): Promise<GitSource> {
  const absolute = resolve(directory)
  const heads = await git(absolute, ['rev-parse', '--show-toplevel', 'HEAD'])
  const short = await git(absolute, ['rev-parse', '--short', 'HEAD'])
  const [root = '', commit = ''] = (heads ?? '').split('\n')
  if (heads === null || short === null || root === '' || commit === '') return { directory: absolute, git: null }
  // Without optional locks, looking never changes the index that another git may be using.
  const changes = await git(absolute, ['--no-optional-locks', 'status', '--porcelain', '--untracked-files=no'])
  return { directory: absolute, git: { root, commit, short, dirty: changes !== null && changes !== '' } }
}

async function git(directory: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', directory, ...args], { timeout: GIT_TIMEOUT_MS })
    return stdout.trimEnd()
  } catch {
    return null
  }
}
