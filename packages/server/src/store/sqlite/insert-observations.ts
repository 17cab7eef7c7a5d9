import { type Instant, MINUTE, type Observation } from '@upon/engine'
import type { SqliteDatabase } from './driver.ts'

/** Rows kept per automation, reason and minute of the log clock; the counter beside them is exact. */
export const OBSERVATIONS_SAMPLED_PER_MINUTE = 100

interface Counter {
  readonly sampleMinute: number
  readonly sampled: number
}

const COUNT = `
INSERT INTO observation_counts (project, automation_id, reason, count, sample_minute, sampled) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (project, automation_id, reason) DO UPDATE
SET count = count + excluded.count, sample_minute = excluded.sample_minute, sampled = excluded.sampled`

const SAMPLE = `
INSERT INTO observations (project, automation_id, version, reason, position, event_id, detail, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

/** Counts every observation and keeps the first ones of each minute as rows. */
export function createObservationInsert(db: SqliteDatabase) {
  const counter = db.prepare<Counter>(
    'SELECT sample_minute AS sampleMinute, sampled FROM observation_counts WHERE project = ? AND automation_id = ? AND reason = ?',
  )
  const count = db.prepare(COUNT)
  const sample = db.prepare(SAMPLE)

  function insertGroup(group: readonly Observation[], at: Instant): void {
    const [first] = group
    if (first === undefined) return
    const identity = [first.project, first.automationId ?? '', first.reason] as const
    const minute = Math.floor(at / MINUTE)
    const before = counter.get(...identity)
    const spent = before?.sampleMinute === minute ? before.sampled : 0
    const samples = group.slice(0, Math.max(0, OBSERVATIONS_SAMPLED_PER_MINUTE - spent))
    for (const one of samples) {
      sample.run(one.project, one.automationId, one.version, one.reason, one.position, one.eventId, one.detail, at)
    }
    count.run(...identity, group.length, minute, spent + samples.length)
  }

  return function insert(observations: readonly Observation[], at: Instant): void {
    for (const group of grouped(observations).values()) insertGroup(group, at)
  }
}

function grouped(observations: readonly Observation[]): Map<string, Observation[]> {
  const groups = new Map<string, Observation[]>()
  for (const observation of observations) {
    const key = JSON.stringify([observation.project, observation.automationId, observation.reason])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [observation])
    else group.push(observation)
  }
  return groups
}
