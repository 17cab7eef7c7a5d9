import type { Json, JsonObject } from '@upon/engine'
import { type Found, isList, isObject, LabelView, ownEntry, View } from './view.ts'

const ID = 'prefect.resource.id'
const NAME = 'prefect.resource.name'
const ROLE = 'prefect.resource.role'
const NAMED_LABELS = new Map([
  ['id', ID],
  ['name', NAME],
  ['role', ROLE],
])

/** Marks what the engine was given in place of a view, so that the view's own JSON can be put back into a result. */
export const ORIGINAL_KEY = '\u0000original'

/** A resource: `.id`, `.name`, `.role`, `.labels.some.label`, `['some.label']`, `.items()`. */
export class ResourceView extends View {
  readonly #labels: JsonObject
  constructor(labels: JsonObject) {
    super()
    this.#labels = labels
  }

  attribute(name: string): Found {
    if (name === 'labels') return new LabelView(this.#labels)
    const label = NAMED_LABELS.get(name)
    return label === undefined ? ownEntry(this.#labels, name) : ownEntry(this.#labels, label)
  }

  item(key: string | number): Found {
    return ownEntry(this.#labels, String(key))
  }

  pairs(): readonly (readonly [string, Json])[] {
    return Object.entries(this.#labels)
  }

  text(): null {
    return null
  }

  native(): JsonObject {
    return this.#labels
  }

  override engineValue(): Json {
    const named = [...NAMED_LABELS].flatMap(([name, label]) => {
      const value = ownEntry(this.#labels, label)
      return value === undefined ? [] : [[name, value] as const]
    })
    const labels = { ...labelTree(this.#labels), ...this.#labels }
    return { ...Object.fromEntries(named), labels, ...this.#labels, [ORIGINAL_KEY]: this.#labels }
  }
}

/** Labels nested at their dots. Where a label is also the beginning of others, those win: it is still in `['…']`. */
function labelTree(labels: JsonObject): JsonObject {
  const tree = new Map<string, Map<string, Json>>()
  const leaves = new Map<string, Json>()
  for (const [label, value] of Object.entries(labels)) {
    const dot = label.indexOf('.')
    if (dot < 0) leaves.set(label, value)
    else groupOf(tree, label.slice(0, dot)).set(label.slice(dot + 1), value)
  }
  const branches = [...tree].map(([key, group]) => [key, labelTree(Object.fromEntries(group))] as const)
  return Object.fromEntries([...leaves, ...branches])
}

function groupOf(tree: Map<string, Map<string, Json>>, key: string): Map<string, Json> {
  const group = tree.get(key) ?? new Map<string, Json>()
  tree.set(key, group)
  return group
}

/** A list of resources: elements are views too. */
export class ResourceListView extends View {
  readonly #resources: readonly JsonObject[]
  constructor(resources: readonly JsonObject[]) {
    super()
    this.#resources = resources
  }

  attribute(): undefined {}

  item(key: string | number): Found {
    const resource = typeof key === 'number' ? this.#resources.at(key) : undefined
    return resource && new ResourceView(resource)
  }

  pairs(): null {
    return null
  }

  text(): null {
    return null
  }

  native(): Json {
    return this.#resources
  }

  override engineValue(): Json {
    return this.#resources.map((resource) => new ResourceView(resource).engineValue())
  }
}

/** Related resources by role: the first of each role, or all of them. */
class RoleView extends View {
  readonly #roles: ReadonlyMap<string, Found>
  constructor(roles: ReadonlyMap<string, Found>) {
    super()
    this.#roles = roles
  }

  attribute(name: string): Found {
    return this.#roles.get(name)
  }

  item(key: string | number): Found {
    return this.#roles.get(String(key))
  }

  pairs(): readonly (readonly [string, Json])[] {
    return [...this.#roles].map(([role, value]) => [role, value instanceof View ? value.native() : (value ?? null)])
  }

  text(): null {
    return null
  }

  native(): Json {
    return Object.fromEntries(this.pairs())
  }

  override engineValue(): Json {
    const values = [...this.#roles].map(([role, value]) => [
      role,
      value instanceof View ? value.engineValue() : (value ?? null),
    ])
    return { ...Object.fromEntries(values), [ORIGINAL_KEY]: this.native() }
  }
}

const VIEWED = ['resource', 'related', 'resource_in_role', 'resources_in_role', 'involved_resources'] as const

/** An event: its fields, and its resources with their helpers. */
export class EventView extends View {
  readonly #event: JsonObject
  constructor(event: JsonObject) {
    super()
    this.#event = event
  }

  attribute(name: string): Found {
    const related = this.#related()
    switch (name) {
      case 'resource':
        return new ResourceView(this.#resource())
      case 'related':
        return new ResourceListView(related)
      case 'involved_resources':
        return new ResourceListView([this.#resource(), ...related])
      case 'resource_in_role':
        return new RoleView(new Map(byRole(related).map(([role, [first]]) => [role, first && new ResourceView(first)])))
      case 'resources_in_role':
        return new RoleView(new Map(byRole(related).map(([role, all]) => [role, new ResourceListView(all)])))
      default:
        return ownEntry(this.#event, name)
    }
  }

  item(key: string | number): Found {
    return ownEntry(this.#event, String(key))
  }

  #resource(): JsonObject {
    const resource = ownEntry(this.#event, 'resource')
    return isObject(resource) ? resource : {}
  }

  #related(): readonly JsonObject[] {
    const related = ownEntry(this.#event, 'related')
    return isList(related) ? related.filter(isObject) : []
  }

  pairs(): readonly (readonly [string, Json])[] {
    return Object.entries(this.#event)
  }

  text(): null {
    return null
  }

  native(): Json {
    return this.#event
  }

  override engineValue(): Json {
    const viewed = VIEWED.map((name) => {
      const view = this.attribute(name)
      return [name, view instanceof View ? view.engineValue() : null] as const
    })
    return { ...this.#event, ...Object.fromEntries(viewed), [ORIGINAL_KEY]: this.#event }
  }
}

function byRole(resources: readonly JsonObject[]): readonly (readonly [string, readonly JsonObject[]])[] {
  const roles = new Map<string, JsonObject[]>()
  for (const resource of resources) {
    const role = String(ownEntry(resource, ROLE) ?? '')
    const list = roles.get(role)
    if (list) list.push(resource)
    else roles.set(role, [resource])
  }
  return [...roles]
}

/** An event if this is one, else the value as it is. */
export function eventOr(value: Json | undefined): Found {
  return isObject(value) && isObject(value.resource) ? new EventView(value) : value
}
