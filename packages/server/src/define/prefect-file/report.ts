import type { Problem } from '@upon/engine'
import type { LocatedProblem } from '../located-problem.ts'
import type { SourceDocument } from '../source-document.ts'
import type { Notice, NoticeKind } from './prefect-file.ts'

/** Collects what reading finds. */
export interface Report {
  readonly problems: LocatedProblem[]
  readonly notices: Notice[]
}

/** Reports about one part of one document; paths are relative to that part. */
export interface Reporter {
  problem(problem: Problem): void
  /** Puts a problem at its place without reporting it. */
  locate(problem: Problem): LocatedProblem
  notice(kind: NoticeKind, path: string, message: string): void
  /** The reporter of a part of this part. */
  inside(path: string): Reporter
}

export function reporter(report: Report, source: SourceDocument, base = ''): Reporter {
  const locate = (problem: Problem) => source.locate({ ...problem, path: joinPath(base, problem.path) })
  return {
    problem: (problem) => void report.problems.push(locate(problem)),
    locate,
    notice(kind, path, message) {
      const full = joinPath(base, path)
      const notice: Notice = { kind, path: full, message, ...source.place(full) }
      // Anchors and top-level steps are read once for each deployment that uses them.
      const known = report.notices.some((other) => other.path === full && other.message === message)
      if (!known) report.notices.push(notice)
    },
    inside: (path) => reporter(report, source, joinPath(base, path)),
  }
}

/** `a` and `b[0]` make `a.b[0]`, `a` and `[0]` make `a[0]`. */
export function joinPath(base: string, path: string): string {
  if (base === '' || path === '') return base + path
  return path.startsWith('[') ? base + path : `${base}.${path}`
}
