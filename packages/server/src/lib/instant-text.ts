const MICROS_PER_SECOND = 1_000_000

/** ISO 8601 in UTC with six fractional digits, such as `2026-03-01T10:00:00.000000Z`. */
export function instantText(instant: number): string {
  const micros = ((instant % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND
  const seconds = new Date((instant - micros) / 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(micros).padStart(6, '0')}Z`
}

export const instantTextOrNull = (instant: number | null): string | null =>
  instant === null ? null : instantText(instant)
