import type { Migration } from '../migration.ts'

/**
 * The log and what is decided from it. One table holds all three kinds of entry, so that one integer key orders them.
 * Columns an event does not have are NULL for the other kinds; `root_id` and `root_received` are NULL for an event that
 * is its own root.
 */
export const log: Migration = {
  version: 1,
  name: 'log',
  sql: `
CREATE TABLE projects (
  id TEXT NOT NULL PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;
INSERT INTO projects VALUES ('default', 'default', 'Default', '', CAST(unixepoch('subsec') * 1000000 AS INTEGER));

CREATE TABLE log (
  position INTEGER PRIMARY KEY,
  received INTEGER NOT NULL,
  project TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('event', 'automation', 'clock')),
  event_id TEXT,
  source TEXT,
  name TEXT,
  occurred INTEGER,
  occurred_text TEXT,
  resource_id TEXT,
  follows TEXT,
  depth INTEGER,
  root_id TEXT,
  root_received INTEGER,
  traceparent TEXT,
  automation_id TEXT,
  automation_version INTEGER,
  resumed INTEGER,
  resource TEXT,
  related TEXT,
  payload TEXT
) STRICT;
CREATE UNIQUE INDEX log_event ON log (project, event_id, source) WHERE event_id IS NOT NULL;
CREATE INDEX log_name ON log (project, name) WHERE name IS NOT NULL;
CREATE INDEX log_resource ON log (project, resource_id) WHERE resource_id IS NOT NULL;
CREATE INDEX log_automation ON log (automation_id, position) WHERE automation_id IS NOT NULL;

CREATE TABLE raised (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  entry TEXT NOT NULL
) STRICT;

CREATE TABLE decider (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  cursor INTEGER NOT NULL,
  clock INTEGER NOT NULL,
  epoch INTEGER NOT NULL
) STRICT;
INSERT INTO decider VALUES (1, 0, 0, 0);

CREATE TABLE decided_batches (
  batch_start INTEGER PRIMARY KEY,
  batch_end INTEGER NOT NULL,
  clock INTEGER NOT NULL,
  engine_version INTEGER NOT NULL,
  epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE windows (
  "trigger" TEXT NOT NULL,
  key TEXT NOT NULL,
  project TEXT NOT NULL,
  event_position INTEGER,
  state TEXT NOT NULL,
  PRIMARY KEY ("trigger", key)
) STRICT, WITHOUT ROWID;

CREATE TABLE window_history (
  "trigger" TEXT NOT NULL,
  key TEXT NOT NULL,
  batch_start INTEGER NOT NULL,
  project TEXT NOT NULL,
  state TEXT,
  PRIMARY KEY ("trigger", key, batch_start)
) STRICT, WITHOUT ROWID;
CREATE INDEX window_history_batch ON window_history (batch_start);

CREATE TABLE observation_counts (
  project TEXT NOT NULL,
  automation_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL,
  sample_minute INTEGER NOT NULL,
  sampled INTEGER NOT NULL,
  PRIMARY KEY (project, automation_id, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE observations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  automation_id TEXT,
  version INTEGER,
  reason TEXT NOT NULL,
  position INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX observations_automation ON observations (project, automation_id);
CREATE INDEX observations_event ON observations (project, event_id);
CREATE INDEX observations_position ON observations (position);
`,
}
