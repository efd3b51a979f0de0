"""Deliveries are asked for by incident."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("CREATE INDEX ix_deliveries_incident ON deliveries (incident_id)")
