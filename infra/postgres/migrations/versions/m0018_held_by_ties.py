"""What holds a group is a pattern, or that it is the same thing as several groups of one story."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    comment = "the group to which a pattern, or a tie within one story, holds it"
    op.execute(f"COMMENT ON COLUMN groups.held_to IS '{comment}'")
