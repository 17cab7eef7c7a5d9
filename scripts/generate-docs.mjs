// Writes the pages of docs/ that follow from the program: grammar, API, CLI.
//   --check  writes nothing and exits with 1 when a page is out of date
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatedPages } from '../packages/server/dist/cli/generated-pages.js'

const docs = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs')
const check = process.argv.includes('--check')
const stale = []
for (const [name, text] of Object.entries(await generatedPages())) {
  const file = join(docs, name)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  stale.push(name)
  if (!check) writeFileSync(file, text)
}
if (stale.length > 0) console.log(`${check ? 'out of date (npm run docs)' : 'written'}: ${stale.join(', ')}`)
process.exitCode = check && stale.length > 0 ? 1 : 0
