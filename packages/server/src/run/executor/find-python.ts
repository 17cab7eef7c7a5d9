import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

const NAMES = ['python3', 'python']
const PROBE_MS_MAX = 10_000

export interface FoundPython {
  readonly path: string
  /** Such as `3.11.7`. */
  readonly version: string
}

/** What to tell a user when `findPython` found none. */
export const NO_PYTHON = 'no Python found: looked for python3, python on PATH; install Python >= 3.8 or set UPON_PYTHON'

/** The first `python3`, then `python`, of the PATH that starts and is at least 3.8; null when there is none. */
export async function findPython(pathEnv: string | undefined): Promise<FoundPython | null> {
  const folders = (pathEnv ?? '').split(delimiter).filter(isAbsolute)
  for (const name of NAMES) {
    for (const folder of folders) {
      const found = await probe(join(folder, name))
      if (found !== null) return found
    }
  }
  return null
}

async function probe(path: string): Promise<FoundPython | null> {
  const runnable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!runnable) return null
  const version = await versionOf(path)
  return version !== null && isNewEnough(version) ? { path, version } : null
}

/** The version of a Python at a known path; null when it does not start or does not answer within 10 s. */
export function versionOf(path: string): Promise<string | null> {
  const args = ['-I', '-S', '-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']
  return new Promise((resolve) => {
    execFile(path, args, { timeout: PROBE_MS_MAX, killSignal: 'SIGKILL' }, (error, stdout) => {
      const version = /^\d+\.\d+\.\d+$/.exec(stdout.trim())
      resolve(error === null && version !== null ? version[0] : null)
    })
  })
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 3 || (major === 3 && minor >= 8)
}
