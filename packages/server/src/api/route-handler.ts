import type { Route, RouteRequest, Routes } from '@upon/sdk'
import type { z } from 'zod'
import type { ProjectRow } from '../store/project-table.ts'
import type { AnswerHeaders } from './answer.ts'

/** A body its handler reads itself: routes that take more than JSON. */
export interface RawBody {
  readonly bytes: Buffer
  readonly mediaType: string
}

/** What every handler knows of a request besides its validated input. */
export interface Caller {
  readonly project: ProjectRow
  /** Who asks. */
  readonly actor: string
  /** Aborts when the client is gone or the server stops. */
  readonly signal: AbortSignal
  /** A request header, or null. */
  header(name: string): string | null
}

type Input<R extends Route> = R extends { readonly bodyTypes: readonly string[] }
  ? Omit<RouteRequest<R>, 'body'> & { readonly body: RawBody }
  : RouteRequest<R>

/** The answers a route declares: JSON by its schema, nothing, or (streams and text) a response of its own. */
export type AnswerOf<R extends Route> = {
  [S in keyof R['responses'] & number]: R['responses'][S] extends { readonly schema: infer Z extends z.ZodType }
    ? { readonly status: S; readonly body: z.output<Z>; readonly headers?: AnswerHeaders }
    : R['responses'][S] extends { readonly mediaType: string }
      ? Response
      : { readonly status: S; readonly headers?: AnswerHeaders }
}[keyof R['responses'] & number]

/** Carries out one operation. Throws `UserError` and `HttpProblem` for what the caller did wrong. */
export type RouteHandler<R extends Route> = (input: Input<R> & Caller) => Promise<AnswerOf<R>> | AnswerOf<R>

/** One handler per route: a route without one does not compile. */
export type Handlers = { readonly [Id in keyof Routes]: RouteHandler<Routes[Id]> }

/** The handlers of some routes. */
export type HandlersOf<Ids extends keyof Routes> = Pick<Handlers, Ids>

export const ok = <T>(body: T, headers?: AnswerHeaders) => answer(200, body, headers)
export const created = <T>(body: T, headers?: AnswerHeaders) => answer(201, body, headers)
export const gone = { status: 204 } as const

function answer<S extends number, T>(status: S, body: T, headers?: AnswerHeaders) {
  return { status, body, ...(headers !== undefined && { headers }) }
}
