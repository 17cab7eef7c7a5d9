import { type DurationResult, parseDuration } from '@upon/engine'

/** How long after its launch a run is to start, in microseconds. Seconds, ISO 8601, `HH:MM:SS` or `1h 30m`; not negative. */
export function parseScheduleAfter(input: unknown): DurationResult {
  const result = parseDuration(input ?? 0)
  return result.ok && result.duration < 0 ? { ok: false, message: 'schedule_after must be non-negative' } : result
}
