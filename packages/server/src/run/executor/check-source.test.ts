import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkSource } from './check-source.ts'
import { type ScratchProject, scratchProject } from './scratch-project.ts'

const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
let project: ScratchProject

beforeEach(() => {
  project = scratchProject({})
})
afterEach(() => project[Symbol.dispose]())

test('a missing directory is a problem that names the directory and the commit', async () => {
  const directory = join(project.directory, 'gone')
  const { problem } = await checkSource(directory, 'abc123')
  expect(problem).toBe(`this worker has no directory ${directory} (deployment recorded at commit abc123)`)
})

test('a file in place of the directory is a problem', async () => {
  const { problem } = await checkSource(project.write('flow.py', ''), null)
  expect(problem).toContain('is not a directory')
})

test('the recorded commit, detached or on a branch, is silent, also below the root of the checkout', async () => {
  project.write('.git/HEAD', `${A}\n`)
  expect(await checkSource(project.directory, A)).toEqual({ problem: null, warning: null })
  project.write('.git/HEAD', 'ref: refs/heads/main\n')
  project.write('.git/refs/heads/main', `${B}\n`)
  project.write('deep/flow.py', '')
  expect(await checkSource(join(project.directory, 'deep'), B)).toEqual({ problem: null, warning: null })
})

test('another commit is a warning that names both', async () => {
  project.write('.git/HEAD', 'ref: refs/heads/main\n')
  project.write('.git/packed-refs', `# pack-refs with: peeled\n${B} refs/heads/main\n`)
  const { problem, warning } = await checkSource(project.directory, A)
  expect(problem).toBeNull()
  expect(warning).toBe(`${project.directory} is at commit ${B}; deployment recorded at commit ${A}`)
})

test('a worktree is read through the file that links it', async () => {
  project.write('main/.git/HEAD', 'ref: refs/heads/main\n')
  project.write('main/.git/refs/heads/topic', `${B}\n`)
  project.write('main/.git/worktrees/topic/HEAD', 'ref: refs/heads/topic\n')
  project.write('main/.git/worktrees/topic/commondir', '../..\n')
  const worktree = join(project.directory, 'topic')
  mkdirSync(worktree)
  writeFileSync(join(worktree, '.git'), `gitdir: ${join(project.directory, 'main/.git/worktrees/topic')}\n`)
  expect(await checkSource(worktree, B)).toEqual({ problem: null, warning: null })
})

test('a directory without Git where a commit was recorded is a warning', async () => {
  expect((await checkSource(project.directory, A)).warning).toContain('is not a Git checkout')
})
