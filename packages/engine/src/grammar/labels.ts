import { z } from 'zod'

export const ID_LABEL = 'prefect.resource.id'
export const ROLE_LABEL = 'prefect.resource.role'

/** Labels of one resource, counting the reserved ones. */
export const LABELS_PER_RESOURCE_MAX = 500

const ALIAS_PREFIX = 'upon.resource.'
const STORED_PREFIX = 'prefect.resource.'
const OWN_PREFIX = 'upon.'

/** `upon.resource.id` is another way to write `prefect.resource.id`; everything is stored under the latter. */
export function storedLabel(label: string): string {
  return label.startsWith(ALIAS_PREFIX) ? STORED_PREFIX + label.slice(ALIAS_PREFIX.length) : label
}

export function isAlias(label: string): boolean {
  return label.startsWith(ALIAS_PREFIX)
}

/** Names and ids under `upon.` are Upon's own: nothing outside may speak in them. */
export function isOwnName(name: string): boolean {
  return name.startsWith(OWN_PREFIX)
}

function storedLabels(labels: Record<string, string>, context: z.RefinementCtx): Record<string, string> {
  if (!Object.keys(labels).some(isAlias)) return labels
  const stored = new Map<string, string>()
  for (const [label, value] of Object.entries(labels)) {
    const name = storedLabel(label)
    if (stored.has(name)) {
      context.addIssue({ code: 'custom', path: [label], message: `The label ${name} is given twice` })
    }
    stored.set(name, value)
  }
  return Object.fromEntries(stored)
}

const labelValues = z.record(z.string(), z.string({ error: 'Input should be a valid string' }))

const labels = labelValues
  .transform(storedLabels)
  .pipe(labelValues)
  .superRefine((given, context) => {
    const problem = resourceProblem(given)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
  })

/** Why these labels cannot describe a resource, or null. */
export function resourceProblem(labels: Readonly<Record<string, string>>): string | null {
  const id = labels[ID_LABEL]
  if (typeof id !== 'string') return `Resources must include the ${ID_LABEL} label`
  if (id === '') return `The ${ID_LABEL} label must be non-empty`
  if (isOwnName(id)) return `Resource ids under ${OWN_PREFIX}* are reserved; "${id}" is refused`
  if (Object.keys(labels).length > LABELS_PER_RESOURCE_MAX) {
    return `The maximum number of labels per resource is ${LABELS_PER_RESOURCE_MAX}`
  }
  return null
}

/** What a related resource needs beyond a resource, or null. */
export function roleProblem(labels: Readonly<Record<string, string>>): string | null {
  const role = labels[ROLE_LABEL]
  if (typeof role !== 'string') return `Related Resources must include the ${ROLE_LABEL} label`
  return role === '' ? `The ${ROLE_LABEL} label must be non-empty` : null
}

export const resourceSchema = labels.meta({
  title: 'Resource',
  description:
    `Labels of a resource: names and values are text. \`${ID_LABEL}\` (or \`upon.resource.id\`) is required; ` +
    `at most ${LABELS_PER_RESOURCE_MAX} labels.`,
  examples: [{ 'prefect.resource.id': 'my.external.resource' }],
})

export const relatedResourceSchema = labels
  .superRefine((given, context) => {
    const problem = roleProblem(given)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
  })
  .meta({
    title: 'Related resource',
    description: `A resource that takes part in the event in the role that its \`${ROLE_LABEL}\` label names.`,
    examples: [{ 'prefect.resource.id': 'prefect.tag.prod', 'prefect.resource.role': 'tag' }],
  })
