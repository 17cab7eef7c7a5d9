import { z } from 'zod'

/** Every failure a caller can cause, with the status it is answered with. */
export const problemCodes = {
  invalid_request: { status: 422, title: 'The request is not valid' },
  malformed_body: { status: 400, title: 'The body could not be read' },
  unauthorized: { status: 401, title: 'A token is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  foreign_origin: { status: 403, title: 'Requests from other origins are refused' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  id_conflict: { status: 409, title: 'The id was used before with different content' },
  in_use: { status: 409, title: 'Still in use' },
  stale_attempt: { status: 409, title: 'This attempt of the run is over' },
  precondition_failed: { status: 412, title: 'It changed in the meantime' },
  too_large: { status: 413, title: 'Too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported content type' },
  not_supported: { status: 422, title: 'Not supported in this version' },
  overloaded: { status: 429, title: 'Too much at once' },
  internal: { status: 500, title: 'Something went wrong on the server' },
  unavailable: { status: 503, title: 'Not available at the moment' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problemCodes

export const problemDetailSchema = z
  .object({
    path: z.string().describe('Where it is, such as `trigger.match_related[0].env`; empty for the whole body.'),
    message: z.string().describe('What is wrong, in words.'),
    found: z.string().optional().describe('What was given.'),
    expected: z.string().optional().describe('What would have been right.'),
    suggestion: z.string().optional().describe('What was probably meant.'),
  })
  .meta({ id: 'ProblemDetail', description: 'One thing that is wrong with a request.' })
export interface ProblemDetail extends z.output<typeof problemDetailSchema> {}

export const problemSchema = z
  .looseObject({
    type: z.string().describe('A URI for this kind of problem.'),
    title: z.string().describe('The kind of problem, in words.'),
    status: z.int().describe('The HTTP status.'),
    code: z.string().describe('The kind of problem, for programs, such as `not_found`.'),
    detail: z.string().describe('What happened in this case and what would fix it.'),
    problems: z.array(problemDetailSchema).optional().describe('Each thing that is wrong with the request.'),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457). More members may be present.' })
export interface Problem extends z.output<typeof problemSchema> {}

/** Media type of every error answer. */
export const PROBLEM_TYPE = 'application/problem+json'
