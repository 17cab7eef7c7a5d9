export {
  ENGINE_VERSION,
  type EngineOptions,
  type EngineSnapshot,
  type EngineState,
  type EngineStats,
  engineStats,
  loadEngine,
  type StepResult,
  step,
} from './engine.ts'
export type { AutomationEntry, AutomationVersion, ClockEntry, Entry, EventEntry } from './entry.ts'
export type { Labels, LoggedEvent } from './event/logged-event.ts'
export type { NewEvent } from './event/new-event.ts'
export { type DecisionFacts, type DecisionReport, explainDecision } from './explain/explain-decision.ts'
export {
  type ClauseReport,
  describeMismatch,
  explainMatch,
  type MatchReport,
  type NameReport,
  type RelatedReport,
} from './explain/explain-match.ts'
export type { Firing, Refusal } from './firing.ts'
export {
  DURATION_MAX,
  type DurationResult,
  durationSchema,
  formatDuration,
  parseDuration,
  secondsToMicros,
} from './grammar/duration.ts'
export { eventSchema, type ParsedEvent, type ParseEventOptions, parseEvent } from './grammar/event.ts'
export {
  DEFAULT_SOURCE,
  EVENT_BYTES_MAX,
  EVENT_NAME_CHARS_MAX,
  eventNameProblem,
  OWN_SOURCE,
  RELATED_RESOURCES_MAX,
} from './grammar/event-limits.ts'
export { triggerIdentity } from './grammar/identity.ts'
export {
  ID_LABEL,
  LABELS_PER_RESOURCE_MAX,
  ROLE_LABEL,
  relatedResourceSchema,
  resourceSchema,
} from './grammar/labels.ts'
export { type Lint, lintLoop, lintTrigger } from './grammar/lint.ts'
export {
  type Problem,
  pathText,
  problemsOf,
  shortJson,
  strictObject,
  suggest,
  type Validated,
  validate,
} from './grammar/problem.ts'
export {
  compileTrigger,
  type EventTrigger,
  type LabelSpec,
  labelSpecSchema,
  parseTrigger,
  type Trigger,
  type TriggerJson,
  triggerSchema,
} from './grammar/trigger.ts'
export {
  DAY,
  formatInstant,
  HOUR,
  INSTANT_MAX,
  INSTANT_MIN,
  type Instant,
  MICROSECOND,
  MILLISECOND,
  MINUTE,
  parseInstant,
  SECOND,
} from './instant.ts'
export { isJsonObject, type Json, type JsonObject } from './json.ts'
export { type Indexable, MatchIndex, type MatchIndexStats } from './match/match-index.ts'
export { compilePredicate, type Matchable, type Predicate, predicateAccepts } from './match/predicate.ts'
export type { Observation, ObservationReason } from './observation.ts'
export { windowKey } from './window/key.ts'
export type {
  CountingWindow,
  HeldEvent,
  OrphanedProgress,
  StoredWindow,
  WindowChange,
  WindowState,
} from './window/window.ts'
