import { chmodSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findPython } from './find-python.ts'
import { type ScratchProject, scratchProject } from './scratch-project.ts'

let project: ScratchProject

beforeEach(() => {
  project = scratchProject({})
})
afterEach(() => project[Symbol.dispose]())

function program(path: string, script: string): string {
  const file = project.write(path, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

const answers = (version: string, executable = '') => `echo ${version}; echo ${executable}`

test('a launcher script is left out: the path is the interpreter it starts', async () => {
  const launcher = program('shims/python3', answers('3.11.7', '/opt/python/bin/python3'))
  expect(await findPython(dirname(launcher))).toEqual({ path: '/opt/python/bin/python3', version: '3.11.7' })
})

test('python3 is preferred to python, wherever on the PATH they are', async () => {
  const python = program('first/python', answers('3.12.1'))
  const python3 = program('second/python3', answers('3.11.7'))
  const path = `${dirname(python)}:${dirname(python3)}`
  expect(await findPython(path)).toEqual({ path: python3, version: '3.11.7' })
})

test('one that is too old, does not start or answers nonsense is passed over', async () => {
  const old = program('old/python3', answers('3.7.16'))
  const broken = program('broken/python3', 'echo no >&2; exit 1')
  const odd = program('odd/python3', 'echo hello')
  const plain = project.write('plain/python3', 'not executable')
  const good = program('good/python', answers('3.8.0'))
  const path = [old, broken, odd, plain, good].map((file) => dirname(file)).join(':')
  expect(await findPython(path)).toEqual({ path: good, version: '3.8.0' })
})

test('null when the PATH has none, or there is no PATH', async () => {
  expect(await findPython(project.directory)).toBeNull()
  expect(await findPython(undefined)).toBeNull()
})
