import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const packages = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const DATABASES = /^(node:sqlite|@photostructure\/sqlite|kysely|pg)$/

/** Which packages of ours each package may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  engine: [],
  sdk: ['@upon/engine'],
  web: ['@upon/sdk'],
  server: ['@upon/engine', '@upon/sdk'],
}

/**
 * Which folders of the server each folder may import besides itself. Data flows ingest > decide > act > run, and what
 * a later stage raises goes through the `raised` table: no stage imports an earlier one's work.
 */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  store: ['lib'],
  present: ['lib', 'store'],
  ingest: ['lib', 'store'],
  decide: ['lib', 'store', 'present'],
  run: ['lib', 'store', 'present'],
  define: ['lib', 'store', 'present', 'act/template', 'ingest'],
  act: ['lib', 'store', 'present', 'decide', 'define', 'run'],
  api: ['lib', 'store', 'present', 'ingest', 'decide', 'act', 'run', 'define'],
}

interface Import {
  readonly file: string
  readonly target: string
}

function importsBelow(folder: string): readonly Import[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('test'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      return [...text.matchAll(/(?:from|import)\s*\(?'([^']+)'/g)].map((match) => ({ file, target: match[1] ?? '' }))
    })
}

/** The server folder a relative import leads to, or null for a file at the top. */
function folderOf(file: string, target: string): string | null {
  const path = join(dirname(file), target)
  const [folder] = path.split('/')
  return path.includes('/') ? (folder ?? null) : null
}

test.each(Object.entries(PACKAGES))('the package %s imports only %j of ours', (name, allowed) => {
  const wrong = importsBelow(join(packages, name, 'src')).filter(
    ({ target }) => /^(@upon\/|upon$)/.test(target) && !allowed.includes(target),
  )
  expect(wrong).toEqual([])
})

test.each(Object.entries(FOLDERS))('the server folder %s imports only %j', (name, allowed) => {
  const source = join(packages, 'server', 'src')
  const wrong = importsBelow(join(source, name))
    .map(({ file, target }) => ({ file: `${name}/${file}`, target }))
    .filter(({ file, target }) => {
      if (!target.startsWith('.')) return false
      const path = relative('.', join(dirname(file), target))
      const folder = folderOf(file, target)
      return folder !== name && !allowed.some((prefix) => folder === prefix || path.startsWith(`${prefix}/`))
    })
  expect(wrong).toEqual([])
})

test('only the store imports a database', () => {
  const source = join(packages, 'server', 'src')
  const wrong = importsBelow(source).filter(({ file, target }) => DATABASES.test(target) && !file.startsWith('store/'))
  expect(wrong).toEqual([])
})
