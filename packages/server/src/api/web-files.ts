import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { contentAnswer, emptyAnswer } from './answer.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
}

const NOT_BUILT =
  'The web page is not built; "npm run build" does it.\nThe API is at /api/v1, described at /api/v1/docs.\n'

interface WebFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly etag: string
  /** Named after its content by the build, so that it never changes. */
  readonly immutable: boolean
}

/** The built web page. Files are read at the start: a request names a file that was there, and nothing else. */
export interface WebFiles {
  /** The answer for a path, or null where there is no such file. */
  answer(path: string, ifNoneMatch: string | null): Response | null
}

export function createWebFiles(root: string): WebFiles {
  const files = readFiles(root)
  return {
    answer(path, ifNoneMatch) {
      const file = files.get(path === '/' ? '/index.html' : path)
      if (file === undefined) return path === '/' ? contentAnswer(NOT_BUILT, TYPES['.txt'] ?? '') : null
      const headers = {
        etag: file.etag,
        'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      }
      const known = ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag)
      return known === true ? emptyAnswer(304, headers) : contentAnswer(file.bytes, file.type, headers)
    },
  }
}

function readFiles(root: string): ReadonlyMap<string, WebFile> {
  return new Map(namesBelow(root).map((name) => [`/${name.split(sep).join('/')}`, readOne(root, name)]))
}

function namesBelow(root: string): readonly string[] {
  try {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
  } catch {
    return []
  }
}

function readOne(root: string, name: string): WebFile {
  const bytes = new Uint8Array(readFileSync(join(root, name)))
  return {
    bytes,
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    immutable: name.startsWith(`assets${sep}`),
  }
}
