"""A day of years is found without reading them all: indexes by blocks of times that grow with their tables."""

from alembic import op

revision = "0020"
down_revision = "0019"
BY_BLOCKS = {
    "incidents": ("opened_at", "created_at", "updated_at", "resolved_at"),
    "signals": ("raised_at", "cleared_at"),
}


def upgrade() -> None:
    for table, columns in BY_BLOCKS.items():
        times = ", ".join(f"{column} timestamptz_minmax_multi_ops" for column in columns)
        op.execute(f"CREATE INDEX ix_{table}_times ON {table} USING brin ({times}) WITH (autosummarize = true)")
