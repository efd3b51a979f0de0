CREATE TABLE incidents (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  command_version INTEGER DEFAULT 0 NOT NULL,
  state TEXT NOT NULL,
  severity TEXT NOT NULL,
  kind TEXT NOT NULL,
  domain TEXT NOT NULL,
  region TEXT NOT NULL,
  zones TEXT[] NOT NULL,
  agencies TEXT[] NOT NULL,
  lon FLOAT,
  lat FLOAT,
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  resolved_at TIMESTAMP WITH TIME ZONE,
  due_at TIMESTAMP WITH TIME ZONE,
  due TEXT,
  acted BOOLEAN DEFAULT false NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  merged_into TEXT,
  body JSONB DEFAULT '{}'::jsonb NOT NULL,
  search TEXT DEFAULT '' NOT NULL,
  CONSTRAINT pk_incidents PRIMARY KEY (id)
);

CREATE INDEX ix_incidents_updated_at_id ON incidents (updated_at, id);

CREATE INDEX ix_incidents_due_at ON incidents (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX ix_incidents_state ON incidents (state);

COMMENT ON TABLE incidents IS 'body is schemas.incidents.Incident; the other columns are for finding it';

COMMENT ON COLUMN incidents.due IS 'what the recorder does when its tick passes due_at: resolve or close';

COMMENT ON COLUMN incidents.acted IS 'a person has acted on it';

COMMENT ON COLUMN incidents.search IS 'lower case, without diacritics';

CREATE TABLE signals (
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  asset TEXT NOT NULL,
  state TEXT NOT NULL,
  severity TEXT NOT NULL,
  zone TEXT NOT NULL,
  agency TEXT,
  raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
  cleared_at TIMESTAMP WITH TIME ZONE,
  group_id TEXT,
  incident_id TEXT,
  body JSONB DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT pk_signals PRIMARY KEY (id)
);

CREATE INDEX ix_signals_incident_id ON signals (incident_id);

CREATE INDEX ix_signals_asset_kind ON signals (asset, kind);

CREATE INDEX ix_signals_raised_at_id ON signals (raised_at, id);

CREATE INDEX ix_signals_group_id ON signals (group_id);

COMMENT ON TABLE signals IS 'body is schemas.signals.Signal';

CREATE TABLE changes (
  incident_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  by TEXT NOT NULL,
  number BIGINT,
  body JSONB DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT pk_changes PRIMARY KEY (incident_id, version)
);

CREATE INDEX ix_changes_number ON changes (number);

COMMENT ON TABLE changes IS 'body is schemas.incidents.Change: the timeline';

COMMENT ON COLUMN changes.number IS 'given by the relay when it publishes';

CREATE TABLE facts (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  kind TEXT NOT NULL,
  signal_a TEXT NOT NULL,
  signal_b TEXT NOT NULL,
  by TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  undone_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_facts PRIMARY KEY (id)
);

CREATE INDEX ix_facts_signal_b ON facts (signal_b);

CREATE INDEX ix_facts_signal_a ON facts (signal_a);

COMMENT ON TABLE facts IS 'what people said about signals; recomputation obeys (DESIGN D4)';

COMMENT ON COLUMN facts.kind IS 'together or apart';

CREATE TABLE outbox (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  value BYTEA,
  incident_id TEXT,
  version INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  number BIGINT,
  published_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_outbox PRIMARY KEY (id),
  CONSTRAINT uq_outbox_number UNIQUE (number)
);

CREATE INDEX ix_outbox_unpublished ON outbox (id) WHERE published_at IS NULL;

CREATE INDEX ix_outbox_number ON outbox (number);

COMMENT ON COLUMN outbox.value IS 'the exact bytes to publish; null is a tombstone';

COMMENT ON COLUMN outbox.number IS 'given by the relay; the id in the live stream and the log';

CREATE TABLE offsets (
  consumer TEXT NOT NULL,
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  next_offset BIGINT NOT NULL,
  CONSTRAINT pk_offsets PRIMARY KEY (consumer, topic, partition)
);

COMMENT ON TABLE offsets IS 'fenced positions: a batch begins by moving its row from the batch''s first offset (DESIGN D5)';

CREATE TABLE clocks (
  name TEXT NOT NULL,
  now TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_clocks PRIMARY KEY (name)
);

COMMENT ON TABLE clocks IS 'event time as the recorder last saw it in a tick';

CREATE TABLE users (
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  agency TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  disabled_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_users PRIMARY KEY (name)
);

COMMENT ON COLUMN users.password_hash IS 'argon2id';

COMMENT ON COLUMN users.role IS 'admin, supervisor, operator, viewer';

CREATE TABLE audit (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  by TEXT NOT NULL,
  address TEXT,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail JSONB DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT pk_audit PRIMARY KEY (id)
);

CREATE INDEX ix_audit_subject ON audit (subject);

CREATE TABLE idempotency (
  by TEXT NOT NULL,
  key TEXT NOT NULL,
  status INTEGER NOT NULL,
  answer BYTEA NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_idempotency PRIMARY KEY (by, key)
);

CREATE TABLE dead_letters (
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  "offset" BIGINT NOT NULL,
  stage TEXT NOT NULL,
  reason TEXT NOT NULL,
  field TEXT,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  key BYTEA,
  value BYTEA,
  value_size BIGINT NOT NULL,
  replayed_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_dead_letters PRIMARY KEY (topic, partition, "offset", stage)
);

CREATE INDEX ix_dead_letters_at ON dead_letters (at);

CREATE TABLE sensors_seen (
  id TEXT NOT NULL,
  quantities TEXT[] NOT NULL,
  zone TEXT NOT NULL,
  registered BOOLEAN NOT NULL,
  first_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_at TIMESTAMP WITH TIME ZONE NOT NULL,
  readings BIGINT NOT NULL,
  CONSTRAINT pk_sensors_seen PRIMARY KEY (id)
);

COMMENT ON TABLE sensors_seen IS 'every sensor that ever sent, unregistered ones too';

COMMENT ON COLUMN sensors_seen.readings IS 'how many telemetry has counted';

CREATE TABLE rollups (
  sensor TEXT NOT NULL,
  quantity TEXT NOT NULL,
  minute TIMESTAMP WITH TIME ZONE NOT NULL,
  count INTEGER NOT NULL,
  sum FLOAT NOT NULL,
  min FLOAT NOT NULL,
  max FLOAT NOT NULL,
  last FLOAT NOT NULL,
  CONSTRAINT pk_rollups PRIMARY KEY (sensor, quantity, minute)
);

CREATE TABLE reference (
  name TEXT NOT NULL,
  id TEXT NOT NULL,
  origin TEXT NOT NULL,
  revision BIGINT NOT NULL,
  deleted BOOLEAN DEFAULT false NOT NULL,
  body JSONB DEFAULT '{}'::jsonb NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by TEXT NOT NULL,
  CONSTRAINT pk_reference PRIMARY KEY (name, id)
);

CREATE INDEX ix_reference_revision ON reference (revision);

COMMENT ON COLUMN reference.name IS 'assets, relations, domains, limits, rules, keys, cities';

COMMENT ON COLUMN reference.origin IS 'shipped, city or edit';

CREATE TABLE imports (
  folder TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  report JSONB DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT pk_imports PRIMARY KEY (folder)
);

COMMENT ON COLUMN imports.folder IS 'city id, or shipped';

CREATE TABLE endpoints (
  id TEXT NOT NULL,
  url TEXT NOT NULL,
  description TEXT DEFAULT '' NOT NULL,
  secrets TEXT[] NOT NULL,
  filters JSONB DEFAULT '{}'::jsonb NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  disabled_at TIMESTAMP WITH TIME ZONE,
  disabled_reason TEXT,
  failing_since TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_endpoints PRIMARY KEY (id)
);

COMMENT ON COLUMN endpoints.secrets IS 'whsec_…, newest first; all sign while they are here';

CREATE TABLE groups (
  id TEXT NOT NULL,
  region TEXT NOT NULL,
  incident_id TEXT,
  parent_group TEXT,
  suspected_asset TEXT,
  revision BIGINT NOT NULL,
  body JSONB DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT pk_groups PRIMARY KEY (id),
  CONSTRAINT fk_groups_incident_id_incidents FOREIGN KEY(incident_id) REFERENCES incidents (id)
);

CREATE INDEX ix_groups_parent_group ON groups (parent_group);

CREATE INDEX ix_groups_suspected_asset ON groups (suspected_asset);

CREATE INDEX ix_groups_incident_id ON groups (incident_id);

COMMENT ON TABLE groups IS 'the newest explanation of each group (schemas.links.Explanation)';

CREATE TABLE sessions (
  token_sha256 TEXT NOT NULL,
  user_name TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_sessions PRIMARY KEY (token_sha256),
  CONSTRAINT fk_sessions_user_name_users FOREIGN KEY(user_name) REFERENCES users (name) ON DELETE CASCADE
);

CREATE TABLE deliveries (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  endpoint_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  incident_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body BYTEA NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER DEFAULT 0 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  next_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_deliveries PRIMARY KEY (id),
  CONSTRAINT fk_deliveries_endpoint_id_endpoints FOREIGN KEY(endpoint_id) REFERENCES endpoints (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_deliveries_endpoint_message ON deliveries (endpoint_id, message_id);

CREATE INDEX ix_deliveries_waiting ON deliveries (endpoint_id, incident_id, version) WHERE state = 'waiting';

COMMENT ON COLUMN deliveries.message_id IS 'webhook-id, stable over retries and replays';

COMMENT ON COLUMN deliveries.body IS 'the bytes that are signed and sent';

COMMENT ON COLUMN deliveries.state IS 'waiting, delivered, failed';

CREATE TABLE attempts (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  delivery_id BIGINT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  status INTEGER,
  error TEXT,
  duration_ms INTEGER NOT NULL,
  response TEXT,
  CONSTRAINT pk_attempts PRIMARY KEY (id),
  CONSTRAINT fk_attempts_delivery_id_deliveries FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE
);

CREATE INDEX ix_attempts_delivery_id ON attempts (delivery_id);

COMMENT ON COLUMN attempts.response IS 'at most the first 1,000 characters';
