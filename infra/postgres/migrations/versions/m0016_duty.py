"""The duty roster."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE duty (
            id text CONSTRAINT pk_duty PRIMARY KEY,
            name text NOT NULL,
            agency text,
            email text NOT NULL DEFAULT '',
            phone text NOT NULL DEFAULT '',
            language text NOT NULL,
            level integer NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            repeats text NOT NULL DEFAULT '',
            revision integer NOT NULL
        )
    """)
