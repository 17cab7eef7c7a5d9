// Calls one JavaScript or TypeScript function for Upon: node node-shim.mjs FOLDER FILE FUNCTION.
// FOLDER/parameters.json holds its first argument; how the call ended is written to FOLDER/report.json.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { register } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

const RESULT_BYTES_MAX = 1024 * 1024
const MESSAGE_CHARS_MAX = 10_000
const TRACEBACK_CHARS_MAX = 64 * 1024
/** What a function leaves open, such as a connection pool, keeps the process this long after it returned. */
const LINGER_MS = 3_000
/** Node's own code for a top-level await that can never end. */
const UNSETTLED_EXIT_CODE = 13
const SUGGESTION_CHANGES_MAX = 2

/** The function could not be called at all; the message is all a user needs. */
class EntrypointError extends Error {
  name = 'EntrypointError'
}

const [folder, file, name] = process.argv.slice(2)
process.argv = [process.argv[0], file]

/** Written aside and renamed, so that a report is whole or absent. */
function writeReport(text) {
  const path = join(folder, 'report.json')
  writeFileSync(`${path}.part`, text, { mode: 0o600 })
  renameSync(`${path}.part`, path)
}

function reportReturned(result) {
  const { encoded, warnings } = encodeResult(result)
  writeReport(`{"outcome":"returned","result":${encoded},"warnings":${JSON.stringify(warnings)}}`)
}

function encodeResult(result) {
  try {
    const encoded = JSON.stringify(result) ?? 'null'
    const bytes = Buffer.byteLength(encoded)
    if (bytes <= RESULT_BYTES_MAX) return { encoded, warnings: [] }
    const warning = `the result is ${bytes} bytes of JSON, more than ${RESULT_BYTES_MAX}: it was not kept`
    return { encoded: 'null', warnings: [warning] }
  } catch (error) {
    return { encoded: 'null', warnings: [`the result is not JSON (${firstLine(error)}): it was not kept`] }
  }
}

function reportRaised(error) {
  writeReport(
    JSON.stringify({
      outcome: 'raised',
      type: error instanceof Error ? error.name : typeof error,
      message: messageOf(error).slice(0, MESSAGE_CHARS_MAX),
      traceback: error instanceof EntrypointError ? null : tracebackOf(error).slice(0, TRACEBACK_CHARS_MAX),
    }),
  )
}

const messageOf = (error) => (error instanceof Error ? error.message || error.name : inspect(error))
const firstLine = (error) => messageOf(error).split('\n', 1)[0]

/** Without the frames of this file and of Node below the user's. */
function tracebackOf(error) {
  const lines = inspect(error).split('\n')
  return lines.filter((line) => !line.includes(import.meta.url) && !line.includes('(node:internal')).join('\n')
}

/** Node strips types itself from 22.18 on. The loader beside this file does it before, and where types are not all: enums. */
async function load() {
  const { href } = pathToFileURL(file)
  const isTypeScript = /\.[mc]?ts$/.test(file)
  if (isTypeScript && !process.features.typescript) register('./strip-types.mjs', import.meta.url)
  try {
    return await import(href)
  } catch (error) {
    if (!isTypeScript || error?.code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw error
    register('./strip-types.mjs', import.meta.url)
    return import(`${href}?again`)
  }
}

/** CommonJS exports that Node could not foresee are only on the default export. */
function findFunction(namespace) {
  const found = lookUp(namespace, name) ?? lookUp(namespace.default, name)
  if (typeof found === 'function') return found
  if (found !== undefined) throw new EntrypointError(`\`${name}\` in ${file} is not a function but ${typeof found}`)
  const known = [...new Set([...functionsOf(namespace), ...functionsOf(namespace.default)])]
  const close = known.find((other) => changes(other, name) <= SUGGESTION_CHANGES_MAX)
  const hint = close === undefined ? '.' : `; did you mean \`${close}\`?`
  const list = known.join(', ') || 'none'
  throw new EntrypointError(`there is no exported function \`${name}\` in ${file}${hint} Functions there: ${list}`)
}

function lookUp(from, path) {
  return path.split('.').reduce((found, part) => found?.[part], from)
}

function functionsOf(exported) {
  if (exported === null || (typeof exported !== 'object' && typeof exported !== 'function')) return []
  return Object.keys(exported).filter((key) => typeof exported[key] === 'function')
}

/** Levenshtein's distance. */
function changes(from, to) {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= to.length; j += 1) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[to.length]
}

function leaveSoon() {
  const wait = setTimeout(() => {
    const open = new Set(process.getActiveResourcesInfo().filter((kind) => kind !== 'PipeWrap'))
    const list = [...open].join(', ')
    process.stderr.write(`upon: ended ${LINGER_MS} ms after the function returned, with still open: ${list}\n`)
    process.exit()
  }, LINGER_MS)
  wait.unref()
}

function fail(error) {
  reportRaised(error)
  process.stderr.write(`${error instanceof EntrypointError ? error.message : tracebackOf(error)}\n`)
  process.exit(1)
}

function failUnsettled() {
  const words = `the promise of \`${name}\` never settled, and nothing was left to wait for`
  reportRaised(new EntrypointError(words))
  process.stderr.write(`${words}\n`)
  process.exit(UNSETTLED_EXIT_CODE)
}

process.on('uncaughtExceptionMonitor', reportRaised)
process.once('beforeExit', failUnsettled)
try {
  const parameters = JSON.parse(readFileSync(join(folder, 'parameters.json'), 'utf8'))
  const { UPON_RUN_ID, UPON_ATTEMPT, UPON_DEPLOYMENT } = process.env
  const context = { runId: UPON_RUN_ID, attempt: Number(UPON_ATTEMPT), deployment: UPON_DEPLOYMENT ?? null }
  const result = await findFunction(await load())(parameters, context)
  process.off('beforeExit', failUnsettled)
  reportReturned(result)
  leaveSoon()
} catch (error) {
  fail(error)
}
