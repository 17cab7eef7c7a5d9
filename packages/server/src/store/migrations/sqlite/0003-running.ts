import type { Migration } from '../migration.ts'

/** Flows, deployments, work pools, workers and runs. `queue` of a run is its work queue, or the default one. */
export const running: Migration = {
  version: 3,
  name: 'running',
  sql: `
CREATE TABLE flows (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  name TEXT NOT NULL,
  tags TEXT NOT NULL,
  created INTEGER NOT NULL,
  UNIQUE (project, name)
) STRICT;

CREATE TABLE deployments (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  key TEXT NOT NULL,
  flow_id TEXT NOT NULL REFERENCES flows (id),
  flow_name TEXT NOT NULL,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  version TEXT,
  description TEXT,
  tags TEXT NOT NULL,
  entrypoint TEXT,
  command TEXT NOT NULL,
  directory TEXT,
  "commit" TEXT,
  parameters TEXT NOT NULL,
  parameter_schema TEXT NOT NULL,
  enforce_parameter_schema INTEGER NOT NULL,
  job_variables TEXT NOT NULL,
  concurrency_limit INTEGER,
  collision_strategy TEXT NOT NULL,
  work_pool TEXT,
  work_queue TEXT,
  paused INTEGER NOT NULL,
  schedules TEXT NOT NULL,
  timeout_seconds REAL,
  retries INTEGER NOT NULL,
  retry_delay_seconds REAL NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  UNIQUE (flow_id, name),
  UNIQUE (project, key)
) STRICT;
CREATE INDEX deployments_name ON deployments (project, flow_name, name);

CREATE TABLE work_pools (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  description TEXT,
  paused INTEGER NOT NULL,
  concurrency_limit INTEGER,
  job_variables TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  UNIQUE (project, name)
) STRICT;

CREATE TABLE work_queues (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  pool_id TEXT NOT NULL REFERENCES work_pools (id) ON DELETE CASCADE,
  pool_name TEXT NOT NULL,
  name TEXT NOT NULL,
  priority INTEGER NOT NULL,
  concurrency_limit INTEGER,
  paused INTEGER NOT NULL,
  created INTEGER NOT NULL,
  UNIQUE (pool_id, name)
) STRICT;

CREATE TABLE workers (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  pool_id TEXT NOT NULL,
  pool_name TEXT NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  version TEXT NOT NULL,
  embedded INTEGER NOT NULL,
  started INTEGER NOT NULL,
  last_heartbeat INTEGER NOT NULL,
  stopped INTEGER,
  lost INTEGER
) STRICT;
CREATE INDEX workers_pool ON workers (pool_id, last_heartbeat);

CREATE TABLE runs (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  flow_name TEXT NOT NULL,
  deployment_id TEXT NOT NULL,
  deployment_name TEXT NOT NULL,
  state_id TEXT NOT NULL,
  state_type TEXT NOT NULL,
  state_name TEXT NOT NULL,
  state_message TEXT,
  state_at INTEGER NOT NULL,
  state_attempt INTEGER NOT NULL,
  parameters TEXT NOT NULL,
  job_variables TEXT NOT NULL,
  tags TEXT NOT NULL,
  scheduled_at INTEGER NOT NULL,
  created INTEGER NOT NULL,
  started INTEGER,
  ended INTEGER,
  attempt INTEGER NOT NULL,
  attempts_max INTEGER NOT NULL,
  retry_delay_seconds REAL NOT NULL,
  timeout_seconds REAL,
  launch_id TEXT,
  action_index INTEGER,
  automation_id TEXT,
  automation_key TEXT,
  event_id TEXT,
  created_by TEXT NOT NULL,
  idempotency_key TEXT,
  work_pool TEXT,
  work_queue TEXT,
  queue TEXT NOT NULL,
  worker_id TEXT,
  result TEXT NOT NULL,
  error TEXT NOT NULL,
  cancel_requested INTEGER,
  depth INTEGER NOT NULL,
  root_id TEXT,
  root_received INTEGER,
  traceparent TEXT
) STRICT;
CREATE UNIQUE INDEX runs_launch ON runs (launch_id, action_index) WHERE launch_id IS NOT NULL;
CREATE UNIQUE INDEX runs_idempotency ON runs (deployment_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX runs_ready ON runs (project, work_pool, queue, scheduled_at, sequence) WHERE state_type = 'SCHEDULED';
CREATE INDEX runs_scheduled ON runs (scheduled_at) WHERE state_type = 'SCHEDULED';
CREATE INDEX runs_active_pool ON runs (project, work_pool, queue) WHERE state_type IN ('PENDING', 'RUNNING', 'CANCELLING');
CREATE INDEX runs_active_deployment ON runs (deployment_id) WHERE state_type IN ('PENDING', 'RUNNING', 'CANCELLING');
CREATE INDEX runs_held ON runs (worker_id) WHERE state_type IN ('PENDING', 'RUNNING', 'CANCELLING');
CREATE INDEX runs_ended ON runs (ended) WHERE ended IS NOT NULL;
CREATE INDEX runs_open_event ON runs (project, event_id) WHERE event_id IS NOT NULL AND ended IS NULL;
CREATE INDEX runs_project ON runs (project, sequence);
CREATE INDEX runs_state ON runs (project, state_type);
CREATE INDEX runs_deployment ON runs (deployment_id, sequence);
CREATE INDEX runs_name ON runs (name);
CREATE INDEX runs_event ON runs (project, event_id) WHERE event_id IS NOT NULL;

CREATE TABLE run_states (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  message TEXT,
  at INTEGER NOT NULL,
  attempt INTEGER NOT NULL
) STRICT;
CREATE INDEX run_states_run ON run_states (run_id, sequence);

CREATE TABLE run_logs (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL,
  project TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  stream TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX run_logs_run ON run_logs (run_id, sequence);
`,
}
