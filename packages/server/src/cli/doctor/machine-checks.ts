import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findPython, NO_PYTHON } from '../../run/executor/find-python.ts'
import { openDatabase } from '../../store/sqlite/driver.ts'
import type { Terminal } from '../terminal.ts'
import { checkDataDirectory } from './data-directory-check.ts'
import { type Finding, failed, ok, reasonOf, warning } from './finding.ts'

const NODE_MIN = [20, 19] as const
const NODE_RECOMMENDED = 24
const GIT_TIMEOUT_MS = 10_000

/** Checks of this machine, which need no server. */
export async function machineChecks(terminal: Terminal, directory: string): Promise<readonly Finding[]> {
  return [
    checkNode(process.versions.node),
    checkSqlite(),
    checkDataDirectory(resolve(terminal.directory, directory)),
    await checkPython(terminal.env),
    await checkGit(),
    checkWeb(),
  ]
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
    return failed(
      'Node',
      `${version} is too old`,
      `install Node ${NODE_RECOMMENDED}, or at least ${NODE_MIN.join('.')}`,
    )
  }
  return ok('Node', version)
}

function checkSqlite(): Finding {
  try {
    const database = openDatabase(':memory:')
    const row = database.prepare<{ version: string }>('SELECT sqlite_version() AS version').get()
    database.close()
    return ok('SQLite', row?.version ?? 'unknown version')
  } catch (error) {
    const fix = `use Node ${NODE_RECOMMENDED}, which has it built in, or run "npm ci" so that @photostructure/sqlite is installed`
    return failed('SQLite', reasonOf(error), fix)
  }
}

async function checkPython(env: Terminal['env']): Promise<Finding> {
  const chosen = env.UPON_PYTHON
  if (chosen)
    return existsSync(chosen)
      ? ok('Python', `${chosen}, from UPON_PYTHON`)
      : noPython(`UPON_PYTHON names ${chosen}, which is not there`)
  const found = await findPython(env.PATH)
  return found === null ? noPython(NO_PYTHON) : ok('Python', `${found.version} at ${found.path}`)
}

const noPython = (detail: string): Finding =>
  warning('Python', detail, 'only needed for ".py" entrypoints: install Python 3.8 or newer, or set UPON_PYTHON')

async function checkGit(): Promise<Finding> {
  try {
    const { stdout } = await promisify(execFile)('git', ['--version'], { timeout: GIT_TIMEOUT_MS })
    return ok('Git', stdout.trim().replace(/^git version /, ''))
  } catch {
    return warning('Git', 'not found', 'install it if deployments should record the commit they were made from')
  }
}

function checkWeb(): Finding {
  const page = fileURLToPath(new URL('../../web/index.html', import.meta.url))
  if (existsSync(page)) return ok('Web page', 'built')
  return warning('Web page', `${page} is missing`, 'run "npm run build"; all but the page works without it')
}
