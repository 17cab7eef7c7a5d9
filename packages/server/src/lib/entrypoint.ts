/** What an entrypoint names. `name` may be dotted: an attribute of an attribute. */
export type Entrypoint =
  | { readonly kind: 'python-file' | 'node-file'; readonly path: string; readonly name: string }
  | { readonly kind: 'python-module'; readonly module: string; readonly name: string }

export type ParsedEntrypoint = { readonly entrypoint: Entrypoint } | { readonly problem: string }

const NODE_FILE = /\.[mc]?[jt]s$/
const DOTTED = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u
const FUNCTION = /^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u

/** Reads `path/file.py:function`, `file.{ts,mts,cts,js,mjs,cjs}:function`, `package.module:function` and `package.module.function`. */
export function parseEntrypoint(text: string): ParsedEntrypoint {
  const colon = text.lastIndexOf(':')
  if (colon < 0) return moduleEntrypoint(text)
  const left = text.slice(0, colon)
  const name = text.slice(colon + 1)
  if (!FUNCTION.test(name)) return notUnderstood(text, name === '' ? 'no function is named after ":"' : undefined)
  if (left.endsWith('.py')) return { entrypoint: { kind: 'python-file', path: left, name } }
  if (NODE_FILE.test(left)) return { entrypoint: { kind: 'node-file', path: left, name } }
  if (DOTTED.test(left)) return { entrypoint: { kind: 'python-module', module: left, name } }
  return notUnderstood(text)
}

function moduleEntrypoint(text: string): ParsedEntrypoint {
  if (text.endsWith('.py') || NODE_FILE.test(text)) return notUnderstood(text, `add the function: "${text}:function"`)
  const dot = text.lastIndexOf('.')
  if (dot < 0 || !DOTTED.test(text)) return notUnderstood(text)
  return { entrypoint: { kind: 'python-module', module: text.slice(0, dot), name: text.slice(dot + 1) } }
}

function notUnderstood(text: string, hint?: string): ParsedEntrypoint {
  const expected = '"path/file.py:function", "package.module.function", "file.ts:function" or "file.js:function"'
  return {
    problem: `entrypoint ${JSON.stringify(text)}: expected ${expected}${hint === undefined ? '' : ` (${hint})`}`,
  }
}
