import type { ActionKind } from '../action-kind.ts'

/** Leaves a row in the launch log and nothing else. */
export const doNothing: ActionKind<'do-nothing'> = {
  type: 'do-nothing',
  prepare: async () => ({}),
}
