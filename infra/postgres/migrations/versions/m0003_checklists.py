"""An incident has a checklist; the words of its sheets are kept once."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    "ALTER TABLE incidents ADD COLUMN checklist JSONB DEFAULT '{}'::jsonb NOT NULL",
    "CREATE TABLE sheets (digest TEXT NOT NULL, body JSONB DEFAULT '{}'::jsonb NOT NULL, "
    "CONSTRAINT pk_sheets PRIMARY KEY (digest))",
    "COMMENT ON TABLE sheets IS 'every wording of a procedure that an incident got (schemas.procedures.Procedure)'",
    "COMMENT ON COLUMN reference.name IS 'a key of schemas.reference.REFERENCE_TYPES'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
