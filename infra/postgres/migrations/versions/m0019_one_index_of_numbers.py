"""Numbers of the outbox are unique: a second index of them cost each row another entry."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("DROP INDEX ix_outbox_number")
