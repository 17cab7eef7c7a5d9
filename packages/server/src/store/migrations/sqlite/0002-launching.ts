import type { Migration } from '../migration.ts'

/** Automations with their immutable versions, and the launch log whose unfinished rows are the outbox. */
export const launching: Migration = {
  version: 2,
  name: 'launching',
  sql: `
CREATE TABLE automations (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  sort_order INTEGER NOT NULL,
  owner TEXT,
  enabled INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  definition TEXT NOT NULL,
  engine TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  UNIQUE (project, key)
) STRICT;
CREATE INDEX automations_name ON automations (project, name);
CREATE INDEX automations_order ON automations (project, sort_order);

CREATE TABLE automation_versions (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  project TEXT NOT NULL,
  key TEXT NOT NULL,
  sort_order INTEGER NOT NULL,
  owner TEXT,
  enabled INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  definition TEXT NOT NULL,
  engine TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (id, version)
) STRICT;
CREATE INDEX automation_versions_order ON automation_versions (sort_order);

CREATE TABLE firings (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  automation_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  firing TEXT NOT NULL
) STRICT;

CREATE TABLE launches (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL,
  automation_id TEXT NOT NULL,
  automation_key TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason_code TEXT,
  reason_detail TEXT,
  warnings TEXT NOT NULL,
  next_action INTEGER NOT NULL,
  due INTEGER,
  fired INTEGER NOT NULL,
  ended INTEGER,
  event_id TEXT,
  event_position INTEGER,
  depth INTEGER NOT NULL,
  root_id TEXT NOT NULL,
  root_received INTEGER NOT NULL,
  traceparent TEXT
) STRICT;
CREATE INDEX launches_outbox ON launches (due) WHERE due IS NOT NULL;
CREATE INDEX launches_fired ON launches (project, fired);
CREATE INDEX launches_automation ON launches (automation_id, fired);
CREATE INDEX launches_event ON launches (project, event_id, fired) WHERE event_id IS NOT NULL;
CREATE INDEX launches_ended ON launches (ended) WHERE ended IS NOT NULL;
CREATE INDEX launches_state ON launches (project, state, fired);

CREATE TABLE launch_actions (
  launch_id TEXT NOT NULL,
  action_index INTEGER NOT NULL,
  project TEXT NOT NULL,
  list TEXT NOT NULL,
  type TEXT NOT NULL,
  name TEXT,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL,
  result TEXT,
  error TEXT,
  warnings TEXT NOT NULL,
  started INTEGER,
  ended INTEGER,
  next_attempt INTEGER,
  PRIMARY KEY (launch_id, action_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  project TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_target ON audit (project, target);

CREATE TABLE variables (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  tags TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  UNIQUE (project, name)
) STRICT;
`,
}
