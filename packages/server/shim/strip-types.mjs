// Reads TypeScript on a Node that does not: a module loader hook which takes the types out.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transformSync } from '@swc/wasm-typescript'

const TYPESCRIPT = /\.([mc]?)ts$/
/** Anything only a module can hold, at the start of a line. */
const MODULE_SYNTAX = /^\s*(import\b(?!\s*\()|export\b|await\b)|\bimport\.meta\b/m

export async function load(url, context, nextLoad) {
  const kind = url.startsWith('file:') ? TYPESCRIPT.exec(new URL(url).pathname)?.[1] : undefined
  if (kind === undefined) return nextLoad(url, context)
  const path = fileURLToPath(url)
  const source = withoutTypes(await readFile(path, 'utf8'), path)
  return { format: formatOf(kind, source), source, shortCircuit: true }
}

function formatOf(kind, source) {
  if (kind === 'm') return 'module'
  if (kind === 'c') return 'commonjs'
  return MODULE_SYNTAX.test(source) ? 'module' : 'commonjs'
}

/** Blanks types out, which keeps lines and columns; enums and the like need rewriting. */
function withoutTypes(source, filename) {
  try {
    return transformSync(source, { mode: 'strip-only', filename }).code
  } catch (problem) {
    if (problem?.code !== 'UnsupportedSyntax') throw asSyntaxError(problem, filename)
  }
  try {
    return transformSync(source, { mode: 'transform', filename }).code
  } catch (problem) {
    throw asSyntaxError(problem, filename)
  }
}

function asSyntaxError(problem, filename) {
  const where = `${filename}:${problem?.startLine}:${(problem?.startColumn ?? 0) + 1}`
  return new SyntaxError(`${where}: ${problem?.message ?? problem}\n${problem?.snippet ?? ''}`)
}
