import type { OutcomeStep } from './follow-outcome.ts'
import type { Style } from './style.ts'
import { howLong, when } from './words.ts'

const LINE_CHARS_MAX = 100
const INDENT = '  '
const ARROW = ' → '

/**
 * Turns steps into one line for each launch, written piece by piece as the steps come:
 * `fired → run brisk-otter → Running (python) → "got dict" → Completed, 97 ms`.
 */
export function createOutcomeText(style: Style, write: (text: string) => void) {
  let open = false
  const add = (text: string) => {
    write(open ? `${style.dim(ARROW)}${text}` : `${INDENT}${text}`)
    open = true
  }
  const close = () => {
    if (open) write('\n')
    open = false
  }
  return {
    step(step: OutcomeStep): void {
      if (step.kind === 'fired') close()
      if (step.kind !== 'launched') add(stepText(style, step))
      if (endsLine(step)) close()
    },
    /** Ends a line that is still open. */
    close,
  }
}

const endsLine = ({ kind }: OutcomeStep): boolean =>
  kind === 'launched' || kind === 'refused' || kind === 'not-fired' || kind === 'unfinished'

function stepText(style: Style, step: Exclude<OutcomeStep, { kind: 'launched' }>): string {
  switch (step.kind) {
    case 'fired':
      return style.green('fired')
    case 'refused':
      return style.yellow(`refused: ${step.reason}`)
    case 'not-fired':
      return `${style.yellow('did not fire')}: ${step.reason}${othersText(step.others)}`
    case 'action':
      return actionText(style, step)
    case 'run':
      return `run ${style.bold(step.run.name)}`
    case 'scheduled':
      return `starts at ${when(step.run.scheduled_at)}`
    case 'state':
      return step.program === null ? step.state.name : `${step.state.name} (${step.program})`
    case 'line':
      return JSON.stringify(cut(step.text))
    case 'ended':
      return endText(style, step)
    case 'unfinished':
      return unfinishedText(step)
  }
}

const othersText = (others: number): string =>
  others === 0 ? '' : ` (and ${others} other automation${others === 1 ? '' : 's'}; "upon event explain" shows all)`

function actionText(style: Style, { action }: Extract<OutcomeStep, { kind: 'action' }>): string {
  const label = action.name ?? action.type
  if (action.state === 'succeeded') return label
  return style.red(`${label} ${action.state}${action.error === null ? '' : `: ${action.error}`}`)
}

function endText(style: Style, { run }: Extract<OutcomeStep, { kind: 'ended' }>): string {
  const { type, name, message } = run.state
  const took = run.duration_ms === null ? '' : `, ${howLong(run.duration_ms)}`
  if (type === 'COMPLETED') return style.green(`${name}${took}`)
  const why = run.error?.message ?? message
  return style.red(`${name}${took}${why === null ? '' : `: ${cut(why)}`}`)
}

function unfinishedText({ run }: Extract<OutcomeStep, { kind: 'unfinished' }>): string {
  if (run === null) return 'not over yet'
  return `still ${run.state.name}${run.state.message === null ? '' : `: ${run.state.message}`}`
}

function cut(text: string): string {
  const line = text.trimEnd().replaceAll(/\s*\n\s*/g, ' ')
  return line.length > LINE_CHARS_MAX ? `${line.slice(0, LINE_CHARS_MAX - 1)}…` : line
}

/** Whether the step means that what was asked for went wrong. */
export function isFailure(step: OutcomeStep): boolean {
  if (step.kind === 'ended') return step.run.state.type !== 'COMPLETED'
  if (step.kind === 'action') return step.action.state !== 'succeeded'
  return step.kind === 'refused' || step.kind === 'unfinished'
}
