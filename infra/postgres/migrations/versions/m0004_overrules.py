"""Facts belong to the command that said them; what people took away from a group is a part of it."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    "ALTER TABLE facts ADD COLUMN said TEXT NOT NULL",
    "ALTER TABLE facts ADD COLUMN undone_by TEXT",
    "CREATE INDEX ix_facts_said ON facts (said)",
    "COMMENT ON COLUMN facts.said IS 'id of the overrule: incident and version of its change'",
    "ALTER TABLE groups ADD COLUMN part_of TEXT",
    "CREATE INDEX ix_groups_part_of ON groups (part_of)",
    "COMMENT ON COLUMN groups.part_of IS 'the group that people took this part away from'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
