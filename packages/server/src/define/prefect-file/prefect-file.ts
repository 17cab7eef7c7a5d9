import type { Json, Problem } from '@upon/engine'
import type { DeployInput } from '@upon/sdk'
import { type LocatedProblem, type Place, placeText } from '../located-problem.ts'
import type { ParsedTrigger } from './trigger-argument.ts'

/** One deployment of a deploy request. */
export type DeployItem = DeployInput['deployments'][number]

/**
 * Why a notice is given: something is accepted and has no effect yet (`not-used`), was left out because it could not
 * be filled in (`dropped`), was passed over (`skipped`, `ignored`), was chosen for want of a value (`assumed`), or is
 * allowed and probably not meant (`lint`).
 */
export type NoticeKind = 'not-used' | 'dropped' | 'skipped' | 'ignored' | 'assumed' | 'lint'

/** Something the file says that is not an error and that its author should know about. */
export interface Notice extends Place {
  readonly kind: NoticeKind
  /** Where in the file, such as `deployments[0].triggers[1].expect`. */
  readonly path: string
  readonly message: string
}

/** How files beside the deployment file are looked at. Paths are absolute. */
export interface SourceFiles {
  /** The text of a file; null where there is none. */
  read(path: string): Promise<string | null>
  isDirectory(path: string): Promise<boolean>
}

/** What the commands of a checkout say; see `gitSource`. */
export interface GitCheckout {
  readonly commit: string
  readonly root: string
  /** The abbreviated commit, as `git rev-parse --short HEAD` writes it. */
  readonly short?: string
}

export interface PrefectFileOptions {
  /** The file as messages name it. */
  readonly path: string
  readonly text: string
  /** Absolute directory of the file: entrypoints start here, and runs unless a pull step names another. */
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Names, `flow/name` or patterns with `*` of the deployments to read. */
  readonly only?: readonly string[]
  /** Read every deployment that has a name. */
  readonly all?: boolean
  /** Triggers given on the command line: they replace the file's where exactly one deployment is read. */
  readonly triggers?: readonly ParsedTrigger[]
  /** Values given on the command line for the one deployment that is read. */
  readonly overrides?: { readonly entrypoint?: string; readonly workPool?: string }
  /** The value of a variable of the project, or undefined when there is none of that name. */
  readonly variable: (name: string) => Promise<Json | undefined>
  readonly git: GitCheckout | null
  readonly files: SourceFiles
  /** Knows the flow name of an entrypoint better than reading its source does; null where it does not. */
  readonly flowNameOf?: (entrypoint: string) => string | null
}

export interface PrefectFile {
  /** Empty when there are problems. */
  readonly deployments: readonly DeployItem[]
  readonly notices: readonly Notice[]
  readonly problems: readonly LocatedProblem[]
  /** Puts a problem the server found in `deployments[i]…` of the request at its place in the file. */
  readonly locate: (problem: Problem) => LocatedProblem
}

/** A notice for people: place, path and message. */
export const noticeText = (notice: Notice): string =>
  `${placeText(notice)}: ${notice.path === '' ? '' : `${notice.path}: `}${notice.message}`
