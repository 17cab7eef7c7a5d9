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

/**
 * The first `python3`, then `python`, of the PATH that starts and is at least 3.8; null when there is none. The path is
 * the interpreter's own, because a launcher script such as pyenv's would delay every run.
 */
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
  const found = await ask(path)
  return found !== null && isNewEnough(found.version) ? found : null
}

const QUESTION = 'import sys; print("%d.%d.%d" % sys.version_info[:3]); print(sys.executable)'

function ask(path: string): Promise<FoundPython | null> {
  return new Promise((resolve) => {
    execFile(path, ['-I', '-S', '-c', QUESTION], { timeout: PROBE_MS_MAX, killSignal: 'SIGKILL' }, (error, stdout) => {
      const [, version, executable] = /^(\d+\.\d+\.\d+)\n(.*)\n$/.exec(stdout) ?? []
      if (error !== null || version === undefined) return resolve(null)
      resolve({ path: executable !== undefined && isAbsolute(executable) ? executable : path, version })
    })
  })
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 3 || (major === 3 && minor >= 8)
}
