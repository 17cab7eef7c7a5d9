#!/usr/bin/env node
// Kept in syntax that old versions of Node can read, so that they get this message and not a stack trace.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const WANTED = [20, 19]
const [major, minor] = process.versions.node.split('.').map(Number)
const entry = new URL('../dist/cli/main.js', import.meta.url)

if (major < WANTED[0] || (major === WANTED[0] && minor < WANTED[1])) {
  fail(`upon needs Node ${WANTED.join('.')} or newer, this is ${process.versions.node}`)
} else if (!existsSync(entry)) {
  fail(`upon is not built: ${fileURLToPath(entry)} is missing. Run "npm run build" in the checkout`)
} else {
  import(entry.href).then(
    (cli) => cli.main(process.argv.slice(2)),
    (error) => fail(`upon could not be loaded: ${error?.message ? error.message : error}`),
  )
}

function fail(message) {
  process.stderr.write(`error: ${message}\n`)
  process.exitCode = 1
}
