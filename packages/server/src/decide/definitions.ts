import { LRUCache } from 'lru-cache'
import type { AutomationVersionRow } from '../store/automation-table.ts'
import type { Store } from '../store/store.ts'

/** Versions kept in memory; they never change, so only room limits them. */
const VERSIONS_CACHED_MAX = 10_000

/** Immutable automation versions by (project, automation, version). */
export interface Definitions {
  /** Throws when the version does not exist: a firing always names one that does. */
  get(project: string, automationId: string, version: number): Promise<AutomationVersionRow>
}

export function createDefinitions(store: Pick<Store, 'read'>): Definitions {
  const cache = new LRUCache<string, AutomationVersionRow>({ max: VERSIONS_CACHED_MAX })
  return {
    async get(project, automationId, version) {
      const key = `${automationId} ${version}`
      const known = cache.get(key)
      if (known !== undefined) return known
      const row = await store.read.automations.version(project, automationId, version)
      if (row === null) throw new Error(`automation ${automationId} has no version ${version}`)
      cache.set(key, row)
      return row
    },
  }
}
