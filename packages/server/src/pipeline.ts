import { type Dispatcher, startDispatcher } from './act/dispatcher.ts'
import { createOutgoingHttp } from './act/outgoing-http.ts'
import type { Renderer } from './act/template/renderer.ts'
import type { LiveMessage } from './api/live-message.ts'
import type { Metrics } from './api/metrics.ts'
import { type Decider, startDecider } from './decide/decider.ts'
import { createDefinitions, type Definitions } from './decide/definitions.ts'
import { createIngest, type Ingest } from './ingest/ingest.ts'
import type { Clock } from './lib/clock.ts'
import { createFeed, type Feed } from './lib/feed.ts'
import type { Log } from './lib/log.ts'
import type { Wakes } from './lib/wakes.ts'
import { createRunService, type RunService } from './run/run-service.ts'
import type { Store } from './store/store.ts'

export interface PipelineOptions {
  readonly store: Store
  readonly renderer: Renderer
  readonly clock: Clock
  readonly log: Log
  readonly newId: () => string
  /** Networks actions may call although they are private. */
  readonly allowOutgoing: readonly string[]
  readonly metrics: Pick<Metrics, 'eventsAppended' | 'batchDecided'>
}

export interface Pipeline {
  readonly ingest: Ingest
  readonly decider: Decider
  readonly dispatcher: Dispatcher
  readonly runs: RunService
  readonly definitions: Definitions
  readonly feed: Feed<LiveMessage>
  readonly wakes: Wakes
  /** Lets what is under way end, in the order of the flow; nothing acknowledged is lost. */
  stop(): Promise<void>
}

/**
 * The flow on one screen: entries come in, are appended to the log, decided, acted upon and run. What a later stage
 * raises goes back to the log through `raised`, never through a call backwards.
 */
export function startPipeline({
  store,
  renderer,
  clock,
  log,
  newId,
  allowOutgoing,
  metrics,
}: PipelineOptions): Pipeline {
  const feed = createFeed<LiveMessage>()
  const definitions = createDefinitions(store)
  const http = createOutgoingHttp({ allow: allowOutgoing })
  const wakes: Wakes = {
    raised: () => ingest.wakeRaised(),
    launches: () => dispatcher.wake(),
    runs: () => runs.wake(),
  }

  const ingest = createIngest({
    store,
    clock,
    log,
    onAppended({ last, entries }) {
      metrics.eventsAppended(entries)
      decider.wake(last)
      feed.publish({ kind: 'appended', position: last })
    },
  })

  const decider = startDecider({
    store,
    definitions,
    clock,
    log,
    append: (entries) => ingest.append(entries),
    onDecided({ entries, firings, observations }, durationUs) {
      metrics.batchDecided({ entries, firings: firings.length, seconds: durationUs / 1_000_000 })
      if (firings.length > 0) {
        wakes.launches()
        wakes.raised()
      }
      for (const { id, project } of firings) feed.publish({ kind: 'launch', project, id })
      for (const observation of observations) {
        feed.publish({ kind: 'observation', project: observation.project, observation, at: clock.now() })
      }
    },
  })

  const dispatcher = startDispatcher({
    store,
    definitions,
    renderer,
    http,
    clock,
    log,
    wakes,
    onLaunch: (project, id) => feed.publish({ kind: 'launch', project, id }),
  })

  const runs = createRunService({
    store,
    clock,
    log,
    wakes,
    newId,
    onRun: (project, id) => feed.publish({ kind: 'run', project, id }),
    onLogs: (project, run) => feed.publish({ kind: 'logs', project, run }),
  })

  return {
    ingest,
    decider,
    dispatcher,
    runs,
    definitions,
    feed,
    wakes,
    async stop() {
      await dispatcher.stop()
      await runs.stop()
      await ingest.stop()
      await decider.stop()
      await http[Symbol.asyncDispose]()
    },
  }
}
