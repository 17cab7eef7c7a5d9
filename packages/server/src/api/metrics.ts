import type { EngineStats } from '@upon/engine'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What is looked up when the metrics are read. */
export interface MetricSources {
  readonly lagUs: () => number
  readonly queued: () => number
  readonly liveViewers: () => number
  readonly outbox: () => Promise<number>
  readonly raised: () => Promise<number>
  readonly launchesByState: () => Promise<Readonly<Record<string, number>>>
  readonly runsByState: () => Promise<Readonly<Record<string, number>>>
  /** What the engine holds; null while it is loading. */
  readonly engine: () => EngineStats | null
}

/** Counts what happens, for Prometheus. Has a registry of its own, so several servers in one process do not mix. */
export interface Metrics {
  /** Starts the clock of one request; call the result with its status. */
  startRequest(route: string): (status: number) => void
  eventsAppended(count: number): void
  eventsAnswered(outcome: 'duplicate' | 'rejected', count: number): void
  batchDecided(batch: { readonly entries: number; readonly firings: number; readonly seconds: number }): void
  /** The Prometheus text. */
  text(): Promise<string>
}

const HTTP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]
const DECIDE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2]
const MICROS_PER_SECOND = 1_000_000

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  addGauges(registry, sources)
  const http = new Histogram({
    name: 'upon_http_request_duration_seconds',
    help: 'Time to answer a request, by route of the API and status.',
    labelNames: ['route', 'status'],
    buckets: HTTP_SECONDS,
    registers,
  })
  const underWay = new Gauge({
    name: 'upon_http_requests_in_flight',
    help: 'Requests being answered, by route; a waiting claim is one, an open stream is not.',
    labelNames: ['route'],
    registers,
  })
  const events = new Counter({
    name: 'upon_events_total',
    help: 'Events by what became of them at the door: appended, duplicate, rejected.',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of ['appended', 'duplicate', 'rejected']) events.inc({ outcome }, 0)
  const decided = new Counter({ name: 'upon_entries_decided_total', help: 'Log entries decided.', registers })
  const firings = new Counter({ name: 'upon_firings_total', help: 'Triggers that fired.', registers })
  const batches = new Histogram({
    name: 'upon_decide_batch_duration_seconds',
    help: 'Time to read, decide and commit one batch of entries.',
    buckets: DECIDE_SECONDS,
    registers,
  })
  return {
    startRequest(route) {
      const end = http.startTimer({ route })
      underWay.inc({ route })
      return (status) => {
        end({ status })
        underWay.dec({ route })
      }
    },
    eventsAppended: (count) => events.inc({ outcome: 'appended' }, count),
    eventsAnswered: (outcome, count) => events.inc({ outcome }, count),
    batchDecided(batch) {
      decided.inc(batch.entries)
      firings.inc(batch.firings)
      batches.observe(batch.seconds)
    },
    text: () => registry.metrics(),
  }
}

function addGauges(registry: Registry, sources: MetricSources): void {
  const gauge = (name: string, help: string, read: () => number | Promise<number>) => {
    const made: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: async () => made.set(await read()),
    })
  }
  const engine = (read: (stats: EngineStats) => number) => () => {
    const stats = sources.engine()
    return stats === null ? 0 : read(stats)
  }
  const overProjects = (read: (project: EngineStats['projects'][number]) => number) =>
    engine(({ projects }) => projects.reduce((sum, project) => sum + read(project), 0))
  gauge('upon_decide_lag_seconds', 'Age of the oldest undecided entry.', () => sources.lagUs() / MICROS_PER_SECOND)
  gauge('upon_ingest_queued_entries', 'Entries waiting to be appended.', sources.queued)
  gauge('upon_live_viewers', 'Open live streams.', sources.liveViewers)
  gauge('upon_outbox_depth', 'Launches with actions still to do.', sources.outbox)
  gauge('upon_raised_pending', 'Raised events not yet in the log.', sources.raised)
  gauge(
    'upon_open_windows',
    'Windows the engine keeps.',
    engine((stats) => stats.liveWindows),
  )
  gauge(
    'upon_automations',
    'Automation versions in force.',
    overProjects((project) => project.automations),
  )
  gauge(
    'upon_match_residual_triggers',
    'Triggers that no index narrows down.',
    overProjects((project) => project.residual),
  )
  byState(registry, 'upon_launches', 'Launches by state.', sources.launchesByState)
  byState(registry, 'upon_runs', 'Runs by state.', sources.runsByState)
}

function byState(
  registry: Registry,
  name: string,
  help: string,
  read: () => Promise<Readonly<Record<string, number>>>,
): void {
  const made: Gauge = new Gauge({
    name,
    help,
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      made.reset()
      for (const [state, count] of Object.entries(await read())) made.set({ state }, count)
    },
  })
}
