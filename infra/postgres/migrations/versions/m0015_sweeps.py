"""What is swept is found by its age; many dead letters become a count; a repeat is told from another request."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("ALTER TABLE dead_letters ADD COLUMN left_out bigint")
    op.execute("COMMENT ON COLUMN dead_letters.left_out IS 'how many of an hour are in Kafka only; null: a letter'")
    op.execute("ALTER TABLE idempotency ADD COLUMN asked text")
    op.execute("COMMENT ON COLUMN idempotency.asked IS 'digest of the request; null: from before there was one'")
    op.execute("CREATE INDEX ix_deliveries_created_at ON deliveries (created_at)")
    op.execute("CREATE INDEX ix_idempotency_at ON idempotency (at)")
    op.execute("CREATE INDEX ix_suppressions_ended_at ON suppressions (ended_at)")
    comment = "body is schemas.suppression.Suppression: which signal was covered by what, and why"
    op.execute(f"COMMENT ON TABLE suppressions IS '{comment}'")
