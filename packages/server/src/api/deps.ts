import type { ServerInfo } from '@upon/sdk'
import type { Decider } from '../decide/decider.ts'
import type { Definitions } from '../decide/definitions.ts'
import type { DefineService } from '../define/define-service.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { Clock } from '../lib/clock.ts'
import type { Feed } from '../lib/feed.ts'
import type { Log } from '../lib/log.ts'
import type { RunService } from '../run/run-service.ts'
import type { Store } from '../store/store.ts'
import type { LiveMessage } from './live-message.ts'
import type { Metrics } from './metrics.ts'
import type { Access } from './safety.ts'

/** Everything the HTTP API calls; it holds no rules of its own. */
export interface ApiDeps {
  readonly store: Pick<Store, 'read' | 'healthy' | 'log'>
  readonly ingest: Pick<Ingest, 'append' | 'queued'>
  readonly decider: Pick<Decider, 'passed' | 'lag' | 'cursor'>
  readonly definitions: Definitions
  readonly define: DefineService
  readonly runs: RunService
  readonly feed: Feed<LiveMessage>
  readonly metrics: Metrics
  readonly clock: Clock
  readonly log: Log
  readonly newId: () => string
  readonly info: () => ServerInfo
  readonly access: Access
  /** Aborts when the server stops: streams and long polls end. */
  readonly stopping: AbortSignal
  /** Directory of the built web page. */
  readonly webRoot: string
  /** Holds every answer against the schema its route declares; for tests. */
  readonly checkAnswers?: boolean
}
