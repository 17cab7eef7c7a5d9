import { afterEach, beforeEach } from 'vitest'
import type { Store } from '../store.ts'

/** Somewhere a store keeps its data: empty at first, and the same data each time it is opened. */
export interface StorePlace {
  open(): Promise<Store>
  remove(): Promise<void>
}

export type PreparePlace = () => Promise<StorePlace>

/** The store of the test that runs. */
export interface StoreUnderTest {
  readonly store: Store
  /** Closes the store and opens what it left. */
  reopen(): Promise<Store>
}

/** Gives every test of the surrounding `describe` an empty store of its own. */
export function useStore(prepare: PreparePlace): StoreUnderTest {
  let place: StorePlace | undefined
  let store: Store | undefined

  beforeEach(async () => {
    place = await prepare()
    store = await place.open()
  })
  afterEach(async () => {
    await store?.[Symbol.asyncDispose]()
    await place?.remove()
    store = undefined
  })

  const opened = (): Store => {
    if (store === undefined) throw new Error('the store is opened before each test')
    return store
  }
  return {
    get store() {
      return opened()
    },
    async reopen() {
      await opened()[Symbol.asyncDispose]()
      store = await place?.open()
      return opened()
    },
  }
}
