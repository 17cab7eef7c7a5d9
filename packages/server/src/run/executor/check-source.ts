import { stat } from 'node:fs/promises'
import { headCommit } from './git-head.ts'

export interface SourceCheck {
  /** Why the run cannot start here; null when it can. */
  readonly problem: string | null
  /** What the run's log should say; null when all is as recorded. */
  readonly warning: string | null
}

/** Says whether this machine has the source a deployment recorded. Another commit is only a warning. */
export async function checkSource(directory: string, commit: string | null): Promise<SourceCheck> {
  const recorded = commit === null ? 'deployment recorded without a commit' : `deployment recorded at commit ${commit}`
  const found = await stat(directory).catch(() => null)
  if (found === null) return { problem: `this worker has no directory ${directory} (${recorded})`, warning: null }
  if (!found.isDirectory()) return { problem: `${directory} is not a directory (${recorded})`, warning: null }
  if (commit === null) return { problem: null, warning: null }
  const head = await headCommit(directory)
  if (head === commit) return { problem: null, warning: null }
  const actual = head === null ? 'is not a Git checkout' : `is at commit ${head}`
  return { problem: null, warning: `${directory} ${actual}; ${recorded}` }
}
