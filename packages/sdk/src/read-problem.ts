import { type Problem, problemSchema } from './contract/problem.ts'

const EXCERPT_CHARS_MAX = 200

/** The problem an error answer holds; one is made up where something else than the server answered. */
export async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text()
  const parsed = problemSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const excerpt = text.trim().slice(0, EXCERPT_CHARS_MAX)
  const said = excerpt === '' ? 'nothing' : JSON.stringify(excerpt)
  return {
    type: 'about:blank',
    title: 'Unexpected answer',
    status: response.status,
    code: 'unexpected_answer',
    detail: `${response.url} answered ${response.status} with ${said}: is this the address of an Upon server?`,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
