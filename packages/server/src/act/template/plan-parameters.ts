import type { Json, JsonObject, Problem } from '@upon/engine'
import { isTemplate } from './tags.ts'
import { isObject, ownEntry } from './view.ts'

/** What has to be done to make one parameter value. Made once from the parameters as they are stored. */
export type Plan =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Plan])[] }
  | { readonly kind: 'list'; readonly items: readonly Plan[] }
  /** `keepsType`: a template that is exactly one expression gives a value of any type. */
  | { readonly kind: 'template'; readonly template: string; readonly keepsType: boolean; readonly path: string }
  /** A template that is itself the result of something, such as a variable. */
  | { readonly kind: 'made-template'; readonly template: Plan; readonly path: string }
  /** If what is inside gives text, that text is JSON. */
  | { readonly kind: 'json'; readonly inner: Plan; readonly path: string }
  | { readonly kind: 'variable'; readonly name: string; readonly path: string }
  | { readonly kind: 'removed' }

export interface PlannedParameters {
  readonly plan: Plan
  readonly problems: readonly Problem[]
}

const KIND = '__prefect_kind'

/** Reads parameters: plain text with templates, and objects with a `__prefect_kind`. */
export function planParameters(parameters: JsonObject): PlannedParameters {
  const planner = new Planner()
  return { plan: planner.plan(parameters, 'parameters', true), problems: planner.problems }
}

class Planner {
  readonly problems: Problem[] = []

  /** `upgrade`: texts are templates. Inside an object that has a kind they are only what they say. */
  plan(value: Json, path: string, upgrade: boolean): Plan {
    if (typeof value === 'string' && upgrade && isTemplate(value)) {
      return { kind: 'template', template: value, keepsType: true, path }
    }
    if (isObject(value))
      return Object.hasOwn(value, KIND) ? this.#kind(value, path) : this.#object(value, path, upgrade)
    if (!Array.isArray(value)) return { kind: 'value', value }
    return { kind: 'list', items: value.map((item: Json, index) => this.plan(item, `${path}[${index}]`, upgrade)) }
  }

  #object(object: JsonObject, path: string, upgrade: boolean): Plan {
    const entries = Object.entries(object).map(
      ([key, value]) => [key, this.plan(value, `${path}.${key}`, upgrade)] as const,
    )
    return { kind: 'object', entries }
  }

  #kind(object: JsonObject, path: string): Plan {
    const value = ownEntry(object, 'value')
    switch (object[KIND]) {
      case 'none':
        return value === undefined ? this.#missing('value', path) : this.plan(value, `${path}.value`, false)
      case 'json':
        return this.#json(value, path)
      case 'jinja':
        return this.#jinja(ownEntry(object, 'template'), path)
      case 'workspace_variable':
        return this.#variable(ownEntry(object, 'variable_name'), path)
      default:
        return { kind: 'value', value: value ?? null }
    }
  }

  #missing(key: string, path: string): Plan {
    return this.#problem(path, `Missing '${key}' key in __prefect object`)
  }

  #json(value: Json | undefined, path: string): Plan {
    if (value === undefined) return { kind: 'removed' }
    if (isObject(value)) return { kind: 'json', inner: this.plan(value, `${path}.value`, false), path }
    if (typeof value !== 'string') return { kind: 'value', value }
    try {
      return { kind: 'value', value: JSON.parse(value) }
    } catch (error) {
      return this.#problem(
        `${path}.value`,
        `is not valid JSON: ${error instanceof Error ? error.message : error}`,
        value,
      )
    }
  }

  #jinja(template: Json | undefined, path: string): Plan {
    if (template === undefined) return this.#missing('template', path)
    if (typeof template === 'string') return { kind: 'template', template, keepsType: false, path }
    if (isObject(template) && Object.hasOwn(template, KIND)) {
      return { kind: 'made-template', template: this.#kind(template, `${path}.template`), path }
    }
    return this.#problem(`${path}.template`, 'must be text or an object with a __prefect_kind', template)
  }

  #variable(name: Json | undefined, path: string): Plan {
    if (name === undefined || name === '') return { kind: 'removed' }
    if (typeof name === 'string') return { kind: 'variable', name, path }
    return this.#problem(`${path}.variable_name`, 'must be the name of a variable', name)
  }

  #problem(path: string, message: string, found?: Json): Plan {
    this.problems.push({ path, message, ...(found !== undefined && { found: shortened(found) }) })
    return { kind: 'removed' }
  }
}

const FOUND_CHARS_MAX = 80

export function shortened(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > FOUND_CHARS_MAX ? `${text.slice(0, FOUND_CHARS_MAX - 1)}…` : text
}

/** Every plan inside, depth first, the outermost included. */
export function* plansIn(plan: Plan): Generator<Plan> {
  yield plan
  if (plan.kind === 'object') for (const [, inner] of plan.entries) yield* plansIn(inner)
  if (plan.kind === 'list') for (const inner of plan.items) yield* plansIn(inner)
  if (plan.kind === 'json') yield* plansIn(plan.inner)
  if (plan.kind === 'made-template') yield* plansIn(plan.template)
}
