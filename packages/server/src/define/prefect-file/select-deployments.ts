import { suggest } from '@upon/engine'
import type { Reporter } from './report.ts'

/** A deployment of the file as it is chosen by. */
export interface Candidate {
  readonly index: number
  readonly name: string | null
  /** What the flow part of `flow/name` may be. */
  readonly flowNames: () => Promise<readonly string[]>
}

export interface Selection {
  readonly only: readonly string[]
  readonly all: boolean
}

export interface Selected {
  readonly index: number
  readonly name: string
}

/** The deployments asked for, in the order of the file; what was asked for in vain is reported. */
export async function selectDeployments(
  candidates: readonly Candidate[],
  { only, all }: Selection,
  reporter: Reporter,
): Promise<Selected[]> {
  if (candidates.length === 0) return refuse(reporter, 'there are no deployments in this file')
  if (all && only.length > 0) return refuse(reporter, '--all and --name exclude each other: give one of them')
  if (only.length > 0) return selectNamed(candidates, only, reporter)
  if (all) return selectAll(candidates, reporter)
  const [first] = candidates
  if (candidates.length > 1 || first === undefined) {
    return refuse(reporter, `there are several deployments: give --all, or --name with one of ${listNames(candidates)}`)
  }
  if (first.name !== null) return [{ index: first.index, name: first.name }]
  reporter.problem({ path: 'deployments[0].name', message: 'is required: write a name, or give one with --name' })
  return []
}

function selectAll(candidates: readonly Candidate[], reporter: Reporter): Selected[] {
  const selected: Selected[] = []
  for (const { index, name } of candidates) {
    if (name === null) reporter.notice('skipped', `deployments[${index}]`, 'has no name: skipped')
    else selected.push({ index, name })
  }
  if (selected.length === 0) {
    const message = 'no deployment has a name yet: write its name and its entrypoint'
    reporter.problem({ path: 'deployments[0].name', message })
  }
  return selected
}

async function selectNamed(
  candidates: readonly Candidate[],
  only: readonly string[],
  reporter: Reporter,
): Promise<Selected[]> {
  const names = new Map<number, string>()
  for (const wanted of only) {
    const found = await matching(candidates, wanted)
    for (const { index, name } of found) names.set(index, name)
    if (found.length === 0) reportMissing(candidates, wanted, reporter)
  }
  return [...names].sort(([a], [b]) => a - b).map(([index, name]) => ({ index, name }))
}

async function matching(candidates: readonly Candidate[], wanted: string): Promise<Selected[]> {
  const [first] = candidates
  const slash = wanted.lastIndexOf('/')
  const namePart = wanted.slice(slash + 1)
  // The file a project starts with has one deployment without a name: naming it is what --name is for.
  if (candidates.length === 1 && first?.name === null && namePart !== '' && !wanted.includes('*')) {
    return [{ index: first.index, name: namePart }]
  }
  const found: Selected[] = []
  for (const { index, name, flowNames } of candidates) {
    if (name === null || !matches(namePart, name)) continue
    const flowPart = wanted.slice(0, Math.max(0, slash))
    if (slash < 0 || (await flowNames()).some((flow) => matches(flowPart, flow))) found.push({ index, name })
  }
  return found
}

function matches(pattern: string, name: string): boolean {
  const [start = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return name === pattern
  const end = rest.pop() ?? ''
  if (!name.startsWith(start) || !name.endsWith(end) || name.length < start.length + end.length) return false
  let at = start.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0 || found + part.length > name.length - end.length) return false
    at = found + part.length
  }
  return true
}

function reportMissing(candidates: readonly Candidate[], wanted: string, reporter: Reporter): void {
  const names = candidates.flatMap(({ name }) => (name === null ? [] : [name]))
  const suggestion = suggest(wanted.slice(wanted.lastIndexOf('/') + 1), names)
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`
  reporter.problem({
    path: 'deployments',
    message: `there is no deployment "${wanted}" in this file, which has ${listNames(candidates)}${hint}`,
    ...(suggestion !== undefined && { suggestion }),
  })
}

const listNames = (candidates: readonly Candidate[]): string =>
  candidates.map(({ name }) => (name === null ? 'one without a name' : `"${name}"`)).join(', ')

function refuse(reporter: Reporter, message: string): [] {
  reporter.problem({ path: 'deployments', message })
  return []
}
