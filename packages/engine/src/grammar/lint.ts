import { type Indexable, MatchIndex } from '../match/match-index.ts'
import { compilePredicate } from '../match/predicate.ts'
import { compileTrigger, type TriggerJson } from './trigger.ts'

/** Something that is allowed and probably not meant. */
export interface Lint {
  readonly code:
    | 'never-fires'
    | 'matches-everything'
    | 'unindexed'
    | 'threshold-below-one'
    | 'no-window'
    | 'literal-name'
    | 'loop-risk'
  /** Where, inside the trigger: `match.env`. */
  readonly path: string
  readonly message: string
}

/** What is probably not meant in a trigger that is valid; empty when nothing is. */
export function lintTrigger(trigger: TriggerJson): Lint[] {
  return [...lintSpecs(trigger), ...lintNames(trigger), ...lintCounting(trigger), ...lintSelectivity(trigger)]
}

function relatedSpecs(trigger: TriggerJson): readonly { path: string; spec: TriggerJson['match'] }[] {
  const { match_related: related } = trigger
  if (!Array.isArray(related)) return [{ path: 'match_related', spec: related }]
  return related.map((spec, position) => ({ path: `match_related[${position}]`, spec }))
}

function lintSpecs(trigger: TriggerJson): Lint[] {
  const specs = [{ path: 'match', spec: trigger.match }, ...relatedSpecs(trigger)]
  return specs.flatMap(({ path, spec }) =>
    Object.entries(spec)
      .filter(([, values]) => values.length === 0 && typeof values !== 'string')
      .map(([label]): Lint => {
        return {
          code: 'never-fires',
          path: `${path}.${label}`,
          message: 'an empty list of values matches nothing: this trigger can never fire',
        }
      }),
  )
}

function lintNames(trigger: TriggerJson): Lint[] {
  return (['expect', 'after'] as const).flatMap((set) =>
    trigger[set].flatMap((name, position): Lint[] => {
      if (!/^!|[?[]/.test(name)) return []
      const message = `"${name}" is taken literally: in event names only * is a wildcard, and ! does not negate`
      return [{ code: 'literal-name', path: `${set}[${position}]`, message }]
    }),
  )
}

function lintCounting(trigger: TriggerJson): Lint[] {
  const { after, expect, threshold, within } = trigger
  const lints: Lint[] = []
  if (threshold < 1) {
    const message = `a threshold of ${threshold} fires like 1 and can fire twice on one event; use 1`
    lints.push({ code: 'threshold-below-one', path: 'threshold', message })
  }
  if (within > 0) return lints
  const rearmsAlways = expect.length === 0 || expect.every((name) => after.includes(name))
  if (after.length > 0 && (threshold > 1 || (threshold === 1 && rearmsAlways))) {
    const message =
      'with `after` and without `within`, only the first event after it can count: this can never fire; set `within`'
    lints.push({ code: 'never-fires', path: 'within', message })
  } else if (after.length === 0 && threshold > 1) {
    const message = `without \`within\` the count starts over about 60 s after its first event; set \`within\``
    lints.push({ code: 'no-window', path: 'within', message })
  }
  return lints
}

function lintSelectivity(trigger: TriggerJson): Lint[] {
  const compiled = compileTrigger(trigger)
  const anyResource = Object.keys(compiled.match).length === 0 && compiled.matchRelated.length === 0
  if (anyResource && trigger.expect.length === 0) {
    const message = 'neither `match` nor `expect` narrows it: every event of the project counts'
    return [{ code: 'matches-everything', path: '', message }]
  }
  const index = new MatchIndex<Indexable>()
  index.add({ predicate: compilePredicate(compiled), order: 0 })
  if (anyResource || index.stats().residual === 0) return []
  const message = 'no label is compared with fixed text, so every event of this name has to be compared with it'
  return [{ code: 'unindexed', path: 'match', message }]
}

const RUN_STATES = ['Scheduled', 'Pending', 'Running', '*'].map((state) => `prefect.flow-run.${state}`)
const LAUNCHES = ['run-deployment', 'run-pipeline', 'run-execution']

/** Warns when what an automation launches raises events that fire it again; the loop brake is what stops those. */
export function lintLoop(trigger: TriggerJson, actionTypes: readonly string[]): Lint[] {
  if (!actionTypes.some((type) => LAUNCHES.includes(type)) || !coversEveryRun(trigger)) return []
  const names = trigger.expect.filter(
    (name) => RUN_STATES.includes(name) || name.startsWith('prefect.flow-run.') || name === '*',
  )
  if (names.length === 0 && trigger.expect.length > 0) return []
  const what = names.length === 0 ? 'every event' : names.join(', ')
  return [
    {
      code: 'loop-risk',
      path: 'expect',
      message: `it fires on ${what} of every flow run, including those it launches; narrow \`match\` or \`match_related\``,
    },
  ]
}

function coversEveryRun(trigger: TriggerJson): boolean {
  const related = relatedSpecs(trigger)
  const anyRelated = related.length === 0 || related.some(({ spec }) => isEveryRun(spec))
  return isEveryRun(trigger.match) && anyRelated
}

function isEveryRun(spec: TriggerJson['match']): boolean {
  const entries = Object.entries(spec)
  if (entries.length === 0) return true
  const [[label, values] = ['', '']] = entries
  return entries.length === 1 && label === 'prefect.resource.id' && [values].flat().includes('prefect.flow-run.*')
}
