import type { Json, JsonObject, LoggedEvent } from '@upon/engine'
import { deploymentJson } from '../present/deployment-json.ts'
import { eventJson } from '../present/event-json.ts'
import { flowJson } from '../present/flow-json.ts'
import { automationJson } from '../present/automation-json.ts'
import { launchJson } from '../present/launch-json.ts'
import { runJson } from '../present/run-json.ts'
import { workPoolJson } from '../present/work-pool-json.ts'
import type { AutomationVersionRow } from '../store/automation-table.ts'
import type { Launch } from '../store/launch-table.ts'
import type { Tables } from '../store/store.ts'
import { ActionFailed } from './action-kind.ts'
import { buildContext, type ContextInputs } from './template/context.ts'
import { mentionedNames, renderParameters } from './template/parameters.ts'
import type { Renderer } from './template/renderer.ts'
import { TemplateError } from './template/template-error.ts'

/** Renders what one action of one launch is given. Undefined names inside longer text become warnings. */
export interface ActionTemplates {
  text(template: string, path: string): Promise<string>
  /** Renders every text inside a value; a value that is exactly one expression keeps its type. */
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
}
