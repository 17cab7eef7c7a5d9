import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/** The commit checked out at or above `directory`, or null. Reads Git's files, so that no run waits for a `git` process. */
export async function headCommit(directory: string): Promise<string | null> {
  for (let folder = directory; ; folder = dirname(folder)) {
    const gitDir = await gitDirectory(folder)
    if (gitDir !== null) return commitOf(gitDir)
    if (dirname(folder) === folder) return null
  }
}

/** `.git` is a folder, or in a worktree or submodule a file that names one. */
async function gitDirectory(folder: string): Promise<string | null> {
  const path = join(folder, '.git')
  if ((await readText(join(path, 'HEAD'))) !== null) return path
  const link = /^gitdir: (.+)$/m.exec((await readText(path)) ?? '')
  return link?.[1] === undefined ? null : resolve(folder, link[1])
}

async function commitOf(gitDir: string): Promise<string | null> {
  const head = ((await readText(join(gitDir, 'HEAD'))) ?? '').trim()
  const ref = /^ref: (.+)$/.exec(head)?.[1]
  if (ref === undefined) return asCommit(head)
  const common = await readText(join(gitDir, 'commondir'))
  const shared = common === null ? gitDir : resolve(gitDir, common.trim())
  return (
    asCommit(await readText(join(gitDir, ref))) ??
    asCommit(await readText(join(shared, ref))) ??
    packedCommit(await readText(join(shared, 'packed-refs')), ref)
  )
}

function packedCommit(packed: string | null, ref: string): string | null {
  const line = (packed ?? '').split('\n').find((candidate) => candidate.endsWith(` ${ref}`))
  return asCommit(line?.split(' ')[0] ?? null)
}

function asCommit(text: string | null): string | null {
  const id = (text ?? '').trim()
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id) ? id : null
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null)
}
