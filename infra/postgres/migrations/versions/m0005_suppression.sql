CREATE TABLE windows (
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
  due_at TIMESTAMP WITH TIME ZONE,
  revision BIGINT NOT NULL,
  agency TEXT,
  owner TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  body JSONB DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT pk_windows PRIMARY KEY (id)
);

CREATE INDEX ix_windows_due_at ON windows (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX ix_windows_kind_created_at_id ON windows (kind, created_at, id);

CREATE INDEX ix_windows_revision ON windows (revision);

COMMENT ON TABLE windows IS 'body is schemas.suppression.Window; at due_at the recorder lets it begin, end, or looks at it anew';

COMMENT ON COLUMN windows.kind IS 'silence or works';

COMMENT ON COLUMN windows.state IS 'pending, active or expired: what the recorder has made of it';

COMMENT ON COLUMN windows.revision IS 'counts what the recorder has done to any';

CREATE TABLE suppressions (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  window_id TEXT NOT NULL,
  signal_id TEXT NOT NULL,
  incident_id TEXT NOT NULL,
  began_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  body JSONB DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT pk_suppressions PRIMARY KEY (id),
  CONSTRAINT fk_suppressions_window_id_windows FOREIGN KEY(window_id) REFERENCES windows (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_suppressions_in_force ON suppressions (window_id, signal_id) WHERE ended_at IS NULL;

CREATE INDEX ix_suppressions_window_id ON suppressions (window_id);

CREATE INDEX ix_suppressions_signal_id ON suppressions (signal_id);

CREATE INDEX ix_suppressions_incident_id ON suppressions (incident_id);

COMMENT ON TABLE suppressions IS 'body is schemas.suppression.Suppression: which signal was covered by what, and why, for ever';

CREATE INDEX ix_signals_active ON signals (incident_id) WHERE state = 'active';
