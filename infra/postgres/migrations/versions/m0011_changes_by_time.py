"""Changes are found by the time of their recording."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("CREATE INDEX ix_changes_at ON changes (at, incident_id, version)")
