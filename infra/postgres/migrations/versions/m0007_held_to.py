"""A pattern holds groups to the first of them."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    "ALTER TABLE groups ADD COLUMN held_to TEXT",
    "COMMENT ON COLUMN groups.held_to IS 'the first of the groups that a pattern holds together'",
    "CREATE INDEX ix_groups_held_to ON groups (held_to)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
