"""Endpoints have forms: people are told by mail or through a gateway of short messages."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE endpoints
            ADD COLUMN form text NOT NULL DEFAULT 'webhook',
            ALTER COLUMN url SET DEFAULT '',
            ADD COLUMN "to" text[] NOT NULL DEFAULT '{}',
            ADD COLUMN template jsonb,
            ADD COLUMN "authorization" text
    """)
    op.execute("COMMENT ON COLUMN endpoints.form IS 'webhook, email, message'")
    op.execute("""COMMENT ON COLUMN endpoints."to" IS 'duty, addresses, numbers'""")
    op.execute("COMMENT ON COLUMN endpoints.template IS 'what a gateway of short messages wants'")
    op.execute("""COMMENT ON COLUMN endpoints."authorization" IS 'the header for it'""")
    op.execute("ALTER TABLE deliveries ADD COLUMN told text[] NOT NULL DEFAULT '{}'")
    op.execute("COMMENT ON COLUMN deliveries.told IS 'people whom it has reached'")
