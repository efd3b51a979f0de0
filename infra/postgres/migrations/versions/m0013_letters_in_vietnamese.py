"""Why a dead letter is one, in Vietnamese too."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("ALTER TABLE dead_letters ADD COLUMN reason_vi text")
