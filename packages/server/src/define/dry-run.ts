import type { Tables } from '../store/store.ts'
import type { Committed, DefineContext } from './define-context.ts'

/** Thrown to leave a dry run's transaction without a trace. */
class DryRun<T> extends Error {
  override readonly name = 'DryRun'
  readonly result: T
  constructor(result: T) {
    super('dry run')
    this.result = result
  }
}

/** Commits `work`; with `dry` takes everything it did back, and answers with what it would have answered. */
export async function commitUnlessDry<T>(
  { commit }: Pick<DefineContext, 'commit'>,
  dry: boolean,
  work: (tx: Tables) => Promise<Committed<T>>,
): Promise<T> {
  if (!dry) return commit(work)
  let report: DryRun<T> | undefined
  try {
    return await commit(async (tx) => {
      report = new DryRun((await work(tx)).result)
      throw report
    })
  } catch (error) {
    if (report !== undefined && error === report) return report.result
    throw error
  }
}
