"""Why an endpoint is disabled, in Vietnamese too."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute("ALTER TABLE endpoints ADD COLUMN disabled_reason_vi text")
