import type { Json, JsonObject, LoggedEvent } from '@upon/engine'
import { eventJson } from '../present/event-json.ts'
import type { AutomationVersionRow } from '../store/automation-table.ts'
import type { Launch } from '../store/launch-table.ts'
import type { Tables } from '../store/store.ts'
import { ActionFailed } from './action-kind.ts'
import { contextObject } from './context-object.ts'
import { mentionedNames, renderParameters } from './template/parameters.ts'
import type { Renderer } from './template/renderer.ts'
import { TemplateError } from './template/template-error.ts'

/** Renders what one action of one launch is given. Undefined names inside longer text become warnings. */
export interface ActionTemplates {
  text(template: string, path: string): Promise<string>
  /** Renders every text inside a value; a text that is exactly one expression becomes that expression's value. */
  value(value: Json, path: string): Promise<Json>
  /** Renders the parameters of a run (spec: automations 4.5). */
  parameters(parameters: JsonObject): Promise<JsonObject>
  readonly warnings: readonly string[]
}

export interface ActionTemplatesOptions {
  readonly renderer: Renderer
  readonly read: Tables
  readonly launch: Launch
  readonly automation: AutomationVersionRow
  readonly event: LoggedEvent | null
  readonly now: number
}

/** Templates over the context of the spec's section 5; only the objects a template names are looked up. */
export function createActionTemplates(options: ActionTemplatesOptions): ActionTemplates {
  const { renderer, read, launch } = options
  const warnings: string[] = []
  const known = new Map<string, Json | undefined>(Object.entries(plainContext(options)))

  async function contextFor(names: ReadonlySet<string>): Promise<JsonObject> {
    const context: Record<string, Json> = {}
    for (const name of names) {
      if (!known.has(name)) known.set(name, await contextObject(name, options))
      const value = known.get(name)
      if (value !== undefined) context[name] = value
    }
    return context
  }

  function warn(path: string, undefinedNames: readonly string[]): void {
    for (const name of undefinedNames) warnings.push(`${path}: ${name} is undefined and rendered as nothing`)
  }

  async function text(template: string, path: string): Promise<string> {
    const context = await contextFor(renderer.namesIn(template))
    const rendered = await failing(renderer.renderText(template, context), path)
    warn(path, rendered.undefinedNames)
    return rendered.text
  }

  async function value(given: Json, path: string): Promise<Json> {
    if (typeof given === 'string') {
      const context = await contextFor(renderer.namesIn(given))
      const rendered = await failing(renderer.renderValue(given, context), path)
      warn(path, rendered.undefinedNames)
      return rendered.value
    }
    if (Array.isArray(given)) {
      const items: Json[] = []
      for (const [index, item] of given.entries()) items.push(await value(item, `${path}[${index}]`))
      return items
    }
    if (typeof given !== 'object' || given === null) return given
    const entries: [string, Json][] = []
    for (const [key, item] of Object.entries(given)) {
      entries.push([key, await value(item, path === '' ? key : `${path}.${key}`)])
    }
    return Object.fromEntries(entries)
  }

  async function parameters(given: JsonObject): Promise<JsonObject> {
    const context = await contextFor(mentionedNames(given, renderer).names)
    const variable = async (name: string) => (await read.variables.find(launch.project, name))?.value
    const rendered = await failing(renderParameters(given, { context, variable, renderer }), '')
    warnings.push(...rendered.warnings)
    return rendered.parameters
  }

  return { text, value, parameters, warnings }
}

/** A template that cannot be rendered is the action's failure, told with its path. */
async function failing<T>(rendering: Promise<T>, path: string): Promise<T> {
  try {
    return await rendering
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const placed = path === '' || error.path !== '' ? error : error.at(path)
    throw new ActionFailed(`Template rendering failed: ${placed.message}`, {
      result: { template_error: placed.code, template_source: placed.template.slice(0, 1_000) },
      cause: error,
    })
  }
}

/** What is at hand without a look at the store. */
function plainContext({ launch, automation, event }: ActionTemplatesOptions): JsonObject {
  const { firing } = launch
  const eventValue = event === null ? null : asJson(eventJson(event))
  const firingValue: JsonObject = {
    id: firing.id,
    trigger_path: firing.triggerPath,
    trigger_states: [firing.state],
    triggering_labels: firing.labels,
    triggering_event: eventValue,
    triggering_value: firing.value,
  }
  return {
    automation: {
      id: automation.id,
      key: automation.key,
      name: automation.name,
      description: automation.description,
      tags: [...automation.tags],
      version: automation.version,
      enabled: automation.enabled,
    },
    event: eventValue,
    events: eventValue === null ? [] : [eventValue],
    labels: firing.labels,
    firing: firingValue,
    firings: [firingValue],
    launch: { id: launch.id, automation: automation.key, version: launch.version },
    results: launch.actions.map((action) => action.result ?? {}),
  }
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value))
