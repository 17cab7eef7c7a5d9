import { ID_LABEL, ROLE_LABEL } from '@upon/engine'
import type { EventInput } from '@upon/sdk'
import { InvalidArgumentError } from 'commander'
import type { Cli } from './cli.ts'
import { readJsonObject } from './read-json.ts'

type RelatedLabels = Record<string, string>

export interface EventOptions {
  readonly resource: string
  readonly label?: Readonly<Record<string, string>>
  readonly related?: readonly RelatedLabels[]
  readonly payload?: string
  readonly id?: string
  readonly occurred?: string
  readonly follows?: string
}

/** Labels that are written short in `--related`. */
const SHORT: Readonly<Record<string, string>> = { role: ROLE_LABEL, id: ID_LABEL }

/** `role=flow,id=prefect.flow.1,team=web`, collected. */
export function relatedResource(text: string, before: readonly RelatedLabels[] | undefined): readonly RelatedLabels[] {
  const labels: RelatedLabels = {}
  for (const part of text.split(',')) {
    const at = part.indexOf('=')
    if (at <= 0) throw new InvalidArgumentError('Expected role=…,id=… and further labels as key=value.')
    const key = part.slice(0, at).trim()
    labels[SHORT[key] ?? key] = part.slice(at + 1)
  }
  for (const [short, label] of Object.entries(SHORT)) {
    if (labels[label] === undefined) throw new InvalidArgumentError(`A related resource needs ${short}=….`)
  }
  return [...(before ?? []), labels]
}

/** The event that the options describe. */
export async function eventInput(cli: Cli, name: string, options: EventOptions): Promise<EventInput> {
  const { resource, label, related, payload, id, occurred, follows } = options
  return {
    event: name,
    resource: { [ID_LABEL]: resource, ...label },
    ...(related && { related: [...related] }),
    ...(payload !== undefined && { payload: await readJsonObject(cli, '--payload', payload) }),
    ...(id && { id }),
    ...(occurred && { occurred }),
    ...(follows && { follows }),
  }
}
