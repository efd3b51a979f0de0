"""Shift hand-overs."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    "CREATE TABLE handovers (id BIGINT GENERATED ALWAYS AS IDENTITY, agency TEXT, by TEXT NOT NULL, "
    "at TIMESTAMP WITH TIME ZONE NOT NULL, notes TEXT DEFAULT '' NOT NULL, accepted_by TEXT, "
    "accepted_at TIMESTAMP WITH TIME ZONE, accepted_note TEXT, snapshot JSONB DEFAULT '{}'::jsonb NOT NULL, "
    "CONSTRAINT pk_handovers PRIMARY KEY (id))",
    "COMMENT ON TABLE handovers IS 'snapshot is schemas.handovers.ShiftWork, frozen when it was handed over'",
    "COMMENT ON COLUMN handovers.agency IS 'whose desk; null is the center''s own'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
