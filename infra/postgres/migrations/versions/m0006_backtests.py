"""Backtests asked for over the API."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    """CREATE TABLE backtests (
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    progress FLOAT DEFAULT 0 NOT NULL,
    step TEXT DEFAULT '' NOT NULL,
    by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    touched_at TIMESTAMP WITH TIME ZONE NOT NULL,
    proposal JSONB DEFAULT '{}'::jsonb NOT NULL,
    findings JSONB,
    error TEXT,
    CONSTRAINT pk_backtests PRIMARY KEY (id)
)""",
    "COMMENT ON TABLE backtests IS "
    "'what would be different (schemas.backtests); touched_at: somebody still works on it'",
    "COMMENT ON COLUMN backtests.state IS 'queued, running, done, failed, cancelled'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
