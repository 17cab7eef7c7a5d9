import type { Json, JsonObject, Problem } from '@upon/engine'
import { PARAMETERS_BYTES_MAX } from './limits.ts'
import { type Plan, planParameters, plansIn, shortened } from './plan-parameters.ts'
import { type Renderer, TemplateError } from './renderer.ts'
import { isObject } from './view.ts'

export interface ParameterInputs {
  readonly context: JsonObject
  readonly renderer: Renderer
  /** The value of a project variable, or undefined when there is none of that name. */
  readonly variable: (name: string) => Promise<Json | undefined>
}

export interface RenderedParameters {
  readonly parameters: JsonObject
  /** What was printed as nothing inside a longer text, each with its path. */
  readonly warnings: readonly string[]
}

export interface MentionedNames {
  /** Top-level names of the context, such as `event` or `flow_run`. */
  readonly names: ReadonlySet<string>
  /** Variables read by `workspace_variable`. */
  readonly variables: ReadonlySet<string>
}

/** What is wrong with parameters that can be told without rendering them, each with its path, also inside lists. */
export function checkParameters(parameters: JsonObject, renderer: Renderer): Problem[] {
  const { plan, problems } = planParameters(parameters)
  const bad = [...plansIn(plan)].flatMap((step): Problem[] => {
    const problem = step.kind === 'template' ? renderer.check(step.template) : null
    if (problem === null || step.kind !== 'template') return []
    const message = `is not a valid template: line ${problem.line}, column ${problem.column}: ${problem.message}`
    return [{ path: step.path, message, found: shortened(step.template) }]
  })
  return [...problems, ...bad]
}

/** The names parameters read, so that a caller fetches only those. */
export function mentionedNames(parameters: JsonObject, renderer: Renderer): MentionedNames {
  const steps = [...plansIn(planParameters(parameters).plan)]
  return {
    names: new Set(steps.flatMap((step) => (step.kind === 'template' ? [...renderer.namesIn(step.template)] : []))),
    variables: new Set(steps.flatMap((step) => (step.kind === 'variable' ? [step.name] : []))),
  }
}

/**
 * Renders the parameters of a run. A value that is exactly one expression keeps its type, and is an error when it is
 * undefined; inside longer text what is undefined prints as nothing, with a warning. The result may have 524,288 bytes
 * as JSON. Throws a `TemplateError` whose message begins with the path: `parameters.x: event.payload.n is undefined`.
 */
export async function renderParameters(parameters: JsonObject, inputs: ParameterInputs): Promise<RenderedParameters> {
  const { plan, problems } = planParameters(parameters)
  const [problem] = problems
  if (problem) throw failed('template_syntax', problem.message, problem.path)
  const warnings: string[] = []
  const rendered = (await made(plan, inputs, warnings)) ?? {}
  if (!isObject(rendered))
    throw failed('template_failed', `must be an object, not ${shortened(rendered)}`, 'parameters')
  const bytes = Buffer.byteLength(JSON.stringify(rendered))
  if (bytes > PARAMETERS_BYTES_MAX) {
    throw failed(
      'template_limit',
      `have ${bytes} bytes when rendered; the limit is ${PARAMETERS_BYTES_MAX}`,
      'parameters',
    )
  }
  return { parameters: rendered, warnings }
}

function failed(code: TemplateError['code'], message: string, path: string, template = ''): TemplateError {
  return new TemplateError(code, message, { template, path })
}

/** The value a plan makes, or undefined when it is to be left out of its parent. */
async function made(plan: Plan, inputs: ParameterInputs, warnings: string[]): Promise<Json | undefined> {
  switch (plan.kind) {
    case 'value':
      return plan.value
    case 'removed':
      return undefined
    case 'object':
      return madeObject(plan.entries, inputs, warnings)
    case 'list':
      return madeList(plan.items, inputs, warnings)
    case 'template':
      return madeText(plan, inputs, warnings)
    case 'made-template': {
      const template = await made(plan.template, inputs, warnings)
      if (typeof template !== 'string') throw failed('template_failed', 'the template is not text', plan.path)
      return madeText({ template, keepsType: false, path: plan.path }, inputs, warnings)
    }
    case 'json': {
      const value = await made(plan.inner, inputs, warnings)
      return typeof value === 'string' ? parsedJson(value, plan.path) : value
    }
    case 'variable': {
      const value = await inputs.variable(plan.name)
      if (value !== undefined) return value
      throw failed('template_failed', `Variable '${plan.name}' not found in workspace.`, plan.path)
    }
  }
}

async function madeObject(
  entries: readonly (readonly [string, Plan])[],
  inputs: ParameterInputs,
  warnings: string[],
): Promise<JsonObject> {
  const values: (readonly [string, Json])[] = []
  for (const [key, plan] of entries) {
    const value = await made(plan, inputs, warnings)
    if (value !== undefined) values.push([key, value])
  }
  return Object.fromEntries(values)
}

async function madeList(items: readonly Plan[], inputs: ParameterInputs, warnings: string[]): Promise<readonly Json[]> {
  const values: Json[] = []
  for (const plan of items) {
    const value = await made(plan, inputs, warnings)
    if (value !== undefined) values.push(value)
  }
  return values
}

interface TemplateStep {
  readonly template: string
  readonly keepsType: boolean
  readonly path: string
}

async function madeText(
  { template, keepsType, path }: TemplateStep,
  inputs: ParameterInputs,
  warnings: string[],
): Promise<Json> {
  const { context, renderer } = inputs
  try {
    const { value, undefinedNames } = keepsType
      ? await renderer.renderValue(template, context)
      : await renderer.renderText(template, context).then(({ text, ...rest }) => ({ value: text, ...rest }))
    warnings.push(...undefinedNames.map((name) => `${path}: ${name} is undefined and was left empty`))
    return value
  } catch (error) {
    if (error instanceof TemplateError) throw error.at(path)
    throw error
  }
}

function parsedJson(text: string, path: string): Json {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw failed('template_failed', `is not valid JSON: ${reason}`, path, text)
  }
}
