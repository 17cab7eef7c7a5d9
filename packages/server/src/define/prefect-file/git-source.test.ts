import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gitSource } from './git-source.ts'

let folder = ''

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'upon-git-')))
})

afterEach(() => rmSync(folder, { recursive: true }))

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false']
  return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' }).trim()
}

test('a directory outside of Git has no commit', async () => {
  expect(await gitSource(folder)).toEqual({ directory: folder, git: null })
})

test('a checkout is known by its root and commit from any directory in it, and whether files differ', async () => {
  git('init', '--quiet')
  mkdirSync(join(folder, 'sub'))
  expect(await gitSource(folder)).toEqual({ directory: folder, git: null })
  writeFileSync(join(folder, 'a.py'), 'a = 1\n')
  git('add', 'a.py')
  git('commit', '--quiet', '-m', 'first')
  const commit = git('rev-parse', 'HEAD')
  const short = git('rev-parse', '--short', 'HEAD')
  const checkout = { root: folder, commit, short, dirty: false }
  expect(await gitSource(join(folder, 'sub'))).toEqual({ directory: join(folder, 'sub'), git: checkout })
  writeFileSync(join(folder, 'a.py'), 'a = 2\n')
  expect((await gitSource(folder)).git).toEqual({ ...checkout, dirty: true })
})
