// Builds every package, doing only what changed since the last build.
//   --quiet       prints nothing when all goes well
//   --types-only  stops after the type check (which also emits the JavaScript)
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const quiet = process.argv.includes('--quiet')
const typesOnly = process.argv.includes('--types-only')
const started = Date.now()

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8' })
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`
  if (result.status !== 0) {
    process.stderr.write(output || String(result.error))
    process.exit(1)
  }
  if (!quiet) process.stdout.write(output)
}

function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

/** The compiler never deletes: output whose source is gone would still be run by the tests. */
function pruneStaleOutput(project) {
  const dist = join(root, project, 'dist')
  for (const file of filesBelow(dist)) {
    if (!file.endsWith('.js') || file.startsWith(join(dist, 'web'))) continue
    const source = join(root, project, 'src', file.slice(dist.length + 1, -3))
    if (!existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`)) {
      for (const suffix of ['.js', '.js.map', '.d.ts']) rmSync(file.slice(0, -3) + suffix, { force: true })
    }
  }
}

const newest = (files) => files.reduce((latest, file) => Math.max(latest, statSync(file).mtimeMs), 0)

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
for (const project of ['packages/engine', 'packages/sdk', 'packages/server', 'bench']) pruneStaleOutput(project)
run(process.execPath, [tsc, '-b', root], root)

if (!typesOnly) {
  const web = join(root, 'packages', 'web')
  const out = join(root, 'packages', 'server', 'dist', 'web', 'index.html')
  const inputs = [...filesBelow(join(web, 'src')), join(web, 'index.html'), join(web, 'vite.config.ts')].filter(
    existsSync,
  )
  const contract = filesBelow(join(root, 'packages', 'sdk', 'dist')).filter((file) => file.endsWith('.js'))
  if (
    existsSync(join(web, 'index.html')) &&
    (!existsSync(out) || newest([...inputs, ...contract]) > statSync(out).mtimeMs)
  ) {
    run(process.execPath, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], web)
  }
}
if (!quiet) console.log(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`)
