"""An incident has several timers, not one thing that is due."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    "ALTER TABLE incidents ADD COLUMN timers JSONB DEFAULT '{}'::jsonb NOT NULL",
    "ALTER TABLE incidents ADD COLUMN forgotten_at TIMESTAMP WITH TIME ZONE",
    "UPDATE incidents SET timers = jsonb_build_object(due, to_jsonb(due_at)) WHERE due_at IS NOT NULL",
    "UPDATE incidents SET forgotten_at = updated_at WHERE due = 'forgotten'",
    "ALTER TABLE incidents DROP COLUMN due",
    "COMMENT ON TABLE incidents IS 'body is schemas.incidents.Incident; "
    "timers: what the recorder does at which event time'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
