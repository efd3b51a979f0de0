"""Deliveries are asked for by incident."""

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = ("CREATE INDEX ix_deliveries_incident ON deliveries (incident_id)",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
