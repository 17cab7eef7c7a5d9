import { suggest } from '@upon/engine'

/** Every action type of this version. */
export const ACTION_TYPES = [
  'run-deployment',
  'pause-deployment',
  'resume-deployment',
  'pause-automation',
  'resume-automation',
  'call-webhook',
  'emit-event',
  'do-nothing',
] as const

/** Action types that Prefect documents and this version does not have. */
export const PREFECT_ONLY_ACTION_TYPES: readonly string[] = [
  'cancel-flow-run',
  'change-flow-run-state',
  'suspend-flow-run',
  'resume-flow-run',
  'delete-flow-run',
  'pause-work-pool',
  'resume-work-pool',
  'pause-work-queue',
  'resume-work-queue',
  'send-notification',
  'declare-incident',
  'send-email-notification',
]

/** Says why `input` is none of the actions this version has. */
export function unknownActionMessage(input: unknown): string {
  const known = ACTION_TYPES.join(', ')
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return 'expected an action, an object such as {"type": "do-nothing"}'
  }
  const type = 'type' in input ? input.type : undefined
  if (type === undefined) return `an action needs a type: one of ${known}`
  if (typeof type !== 'string') return `the type of an action is text: one of ${known}`
  if (PREFECT_ONLY_ACTION_TYPES.includes(type)) {
    return `"${type}" is known in Prefect, not supported in this version yet; supported: ${known}`
  }
  const close = suggest(type, ACTION_TYPES)
  return `"${type}" is not an action${close === undefined ? '' : `; did you mean "${close}"?`} The types are ${known}`
}
