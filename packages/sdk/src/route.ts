import type { z } from 'zod'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One answer of a route: what it means, and its body. */
export interface RouteResponse {
  readonly description: string
  /** Schema of the JSON body; an answer without one has no body. */
  readonly schema?: z.ZodType
  /** Media type where it is not JSON. */
  readonly mediaType?: string
}

/** One operation of the API. Server, client and documentation are all made from it. */
export interface Route {
  readonly id: string
  readonly method: Method
  /** Path with its parameters in braces, such as `/api/v1/runs/{run}`. */
  readonly path: `/${string}`
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /** `project`: concerns the project that the header or query names. `server`: concerns all of it. */
  readonly scope: 'project' | 'server'
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  /** Request headers, by lower-case name. */
  readonly headers?: z.ZodType
  readonly body?: z.ZodType
  /** Media types of the body. @default ['application/json'] */
  readonly bodyTypes?: readonly string[]
  readonly responses: Readonly<Record<number, RouteResponse>>
  /** Schema of each message of a server-sent event stream. */
  readonly stream?: z.ZodType
}

export function defineRoute<const R extends Route>(route: R): R {
  return route
}

/** A schema known by what it takes and gives alone; by name, so that types of routes stay short. */
export interface Schema<Out, In = unknown> extends z.ZodType<Out, In> {}

/** An answer with a JSON body. */
export function json<T>(description: string, schema: Schema<T>): JsonResponse<T> {
  return { description, schema }
}

export interface JsonResponse<T> {
  readonly description: string
  readonly schema: Schema<T>
}

/** The same schema, shown by its types alone: keeps the type of the route table short. */
export function typed<Out, In>(schema: z.ZodType<Out, In>): Schema<Out, In> {
  return schema
}

type Success = 200 | 201 | 202 | 204
type Simplify<T> = { [K in keyof T]: T[K] }
type PartIn<R, K extends string> = R extends { readonly [P in K]: infer S extends z.ZodType }
  ? Record<never, never> extends z.input<S>
    ? { [P in K]?: z.input<S> }
    : undefined extends z.input<S>
      ? { [P in K]?: z.input<S> }
      : { [P in K]: z.input<S> }
  : unknown
type PartOut<R, K extends string> = R extends { readonly [P in K]: infer S extends z.ZodType }
  ? { [P in K]: z.output<S> }
  : unknown

/** What a caller passes for a route: `params`, `query`, `headers` and `body`, each only where it has them. */
export type RouteInput<R extends Route> = Simplify<
  PartIn<R, 'params'> & PartIn<R, 'query'> & PartIn<R, 'headers'> & PartIn<R, 'body'>
>

/** What a handler receives for a route: its validated input, defaults filled in. */
export type RouteRequest<R extends Route> = Simplify<
  PartOut<R, 'params'> & PartOut<R, 'query'> & PartOut<R, 'headers'> & PartOut<R, 'body'>
>

type Responses<R extends Route> = R['responses'][keyof R['responses'] & Success]

/** What a successful call answers; undefined where the answer has no body. */
export type RouteOutput<R extends Route> =
  Responses<R> extends infer A
    ? A extends { readonly schema: infer S extends z.ZodType }
      ? z.output<S>
      : undefined
    : never

/** One message of the route's event stream. */
export type RouteMessage<R extends Route> = R extends { readonly stream: infer S extends z.ZodType }
  ? z.output<S>
  : never
