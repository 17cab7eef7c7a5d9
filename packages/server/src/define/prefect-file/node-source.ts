import type { SourceScan } from './source-scan.ts'

const TOKEN = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*.*?\*\//gs
const DECLARED =
  /\bexport\s+(?:default\s+)?(?:async\s+)?(?:function\s*\*?|const|let|var|class)\s+([\p{L}_$][\p{L}\p{N}_$]*)/gu
const LISTED = /\bexport\s*\{([^}]*)\}/g
const ASSIGNED = /\bexports\.([\p{L}_$][\p{L}\p{N}_$]*)\s*=/gu

/** What JavaScript or TypeScript source surely exports. */
export function scanNode(text: string): SourceScan {
  const code = text.replaceAll(TOKEN, '')
  const names = exportsOf(code)
  const open = /\bexport\s*\*/.test(code) || /\bmodule\.exports\b/.test(code) || !/\bexports?\b/.test(code)
  // A quote inside a regular expression hides code from the first look, so a name missing there is looked for in all of the text.
  return { names, has: (name) => open || names.includes(name) || exportsOf(text).includes(name), flowName: () => null }
}

function exportsOf(code: string): string[] {
  const names = new Set([
    ...[...code.matchAll(DECLARED)].map(([, name = '']) => name),
    ...[...code.matchAll(LISTED)].flatMap(([, list = '']) => exportedNames(list)),
    ...[...code.matchAll(ASSIGNED)].map(([, name = '']) => name),
  ])
  if (/\bexport\s+default\b/.test(code)) names.add('default')
  return [...names]
}

/** `a, b as c` exports `a` and `c`. */
function exportedNames(list: string): string[] {
  return list
    .split(',')
    .map((item) => item.trim().split(/\s+/).at(-1) ?? '')
    .filter((name) => name !== '')
}
