import type { AutomationVersion } from '../entry.ts'
import { triggerIdentity } from '../grammar/identity.ts'
import type { Instant } from '../instant.ts'
import { MatchIndex } from '../match/match-index.ts'
import { WindowSet } from '../window/slot.ts'
import type { StoredWindow } from '../window/window.ts'
import { ORPHAN_GRACE, type WindowBook } from '../window/window-book.ts'
import type { Followers } from './followers.ts'
import { CHAIN_TRIGGER } from './loop-brake.ts'
import { type Member, Progress } from './progress.ts'

/** The stored `trigger` of the notes about windows whose trigger is gone; their key is its identity. */
export const ORPHAN_TRIGGER = 'orphan'

interface Installed {
  readonly version: AutomationVersion | null
  /** Null while the automation is disabled, or could not be understood. */
  progress: Progress | null
}

/** Everything of one project: nothing in it is ever seen from another. */
export class ProjectMemory {
  readonly project: string
  readonly index = new MatchIndex<Progress>()
  readonly followers: Followers
  /** How often each causal chain fired. */
  readonly chains: WindowSet
  readonly #book: WindowBook
  readonly #automations = new Map<string, Installed>()
  readonly #progresses = new Map<string, Progress>()
  readonly #windowSets = new Map<string, WindowSet>()
  readonly #orphanNotes: WindowSet

  constructor(project: string, book: WindowBook, followers: Followers) {
    this.project = project
    this.followers = followers
    this.chains = new WindowSet(project, CHAIN_TRIGGER)
    this.#book = book
    this.#orphanNotes = new WindowSet(project, ORPHAN_TRIGGER)
  }

  get automationCount(): number {
    return this.#automations.size
  }

  /** Puts a version into force in place of the automation's former one; null removes the automation. */
  setAutomation(id: string, version: AutomationVersion | null, clock: Instant): void {
    const former = this.#automations.get(id)
    if (former !== undefined && former.version === version) return
    const installed: Installed = { version, progress: null }
    if (version === null) this.#automations.delete(id)
    else this.#automations.set(id, installed)
    try {
      // Joining first keeps an unchanged trigger in force throughout.
      if (version?.enabled === true) installed.progress = this.#join({ automation: version, path: '' }, clock)
    } finally {
      if (former?.progress) this.#leave(former.progress, former.version, clock)
    }
  }

  /** The windows of a trigger in force; created with its first window. */
  windowsOf(progress: Progress): WindowSet {
    progress.windows ??= this.#windowSet(progress.identity)
    return progress.windows
  }

  loadWindow(window: StoredWindow): void {
    if (window.state.kind === 'orphaned') {
      this.#book.load(this.#orphanNotes, window)
      this.#windowSet(window.key).orphanedSince = window.state.since
    } else if (window.trigger === CHAIN_TRIGGER) this.#book.load(this.chains, window)
    else this.#book.load(this.#windowSet(window.trigger), window)
  }

  /** After loading: windows whose trigger nobody has any more and of which no note says since when, are orphans now. */
  adoptOrphans(clock: Instant): void {
    const orphans = [...this.#windowSets.values()].filter(({ identity }) => !this.#progresses.has(identity))
    orphans.sort((a, b) => (a.orphanedSince ?? clock) - (b.orphanedSince ?? clock))
    for (const windows of orphans) this.#book.orphan(windows, windows.orphanedSince ?? clock)
  }

  /** Forgets orphans of which the store has no rows left. */
  sweepOrphans(): void {
    for (const { key, state } of this.#orphanNotes.slots()) {
      if (state === null) continue
      const windows = this.#windowSets.get(key)
      if (windows !== undefined && windows.size > 0) continue
      this.#windowSets.delete(key)
      this.#book.write(this.#orphanNotes, key, null)
    }
  }

  #join(member: Member, clock: Instant): Progress {
    const { id, owner, trigger } = member.automation
    const identity = triggerIdentity(this.project, owner ?? id, member.path, trigger)
    const known = this.#progresses.get(identity)
    const progress = known ?? new Progress(identity, trigger)
    if (known === undefined) this.#progresses.set(identity, progress)
    this.#setMembers(progress, [...progress.members, member])
    if (known === undefined) this.#takeOver(progress, clock)
    return progress
  }

  #leave(progress: Progress, version: AutomationVersion | null, clock: Instant): void {
    const members = progress.members.filter(({ automation }) => automation !== version)
    this.#setMembers(progress, members)
    if (members.length > 0) return
    this.#progresses.delete(progress.identity)
    this.#orphan(progress, clock)
  }

  #setMembers(progress: Progress, members: readonly Member[]): void {
    this.index.remove(progress)
    progress.members = [...members].sort((a, b) => a.automation.order - b.automation.order)
    if (members.length > 0) this.index.add(progress)
  }

  #takeOver(progress: Progress, clock: Instant): void {
    const windows = this.#windowSets.get(progress.identity)
    if (windows === undefined) return
    progress.windows = windows
    const since = windows.orphanedSince
    if (since === null) return
    windows.orphanedSince = null
    if (clock - since > ORPHAN_GRACE) {
      this.#book.abandon(windows)
      // The note goes now, so every row it speaks of has to go as well.
      this.#book.flush(windows)
    }
    this.#book.write(this.#orphanNotes, progress.identity, null)
  }

  #orphan(progress: Progress, clock: Instant): void {
    const { windows } = progress
    if (windows === null) return
    if (windows.size === 0) {
      this.#windowSets.delete(progress.identity)
      return
    }
    this.#book.orphan(windows, clock)
    this.#book.write(this.#orphanNotes, progress.identity, { kind: 'orphaned', since: clock })
  }

  #windowSet(identity: string): WindowSet {
    const known = this.#windowSets.get(identity)
    if (known !== undefined) return known
    const created = new WindowSet(this.project, identity)
    this.#windowSets.set(identity, created)
    return created
  }
}
