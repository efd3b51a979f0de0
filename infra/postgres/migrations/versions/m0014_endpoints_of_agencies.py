"""An endpoint may belong to an agency; those that are there stay the whole city's."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("ALTER TABLE endpoints ADD COLUMN agency text")
    op.execute("COMMENT ON COLUMN endpoints.agency IS 'told only of what names it; null: of the whole city'")
