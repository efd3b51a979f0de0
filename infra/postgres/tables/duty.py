"""The duty roster."""

from sqlalchemy import Column, Integer, Table, Text, text

from infra.postgres.tables.columns import metadata, time_column

duty = Table(
    "duty",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("agency", Text),
    Column("email", Text, nullable=False, server_default=text("''")),
    Column("phone", Text, nullable=False, server_default=text("''")),
    Column("language", Text, nullable=False),
    Column("level", Integer, nullable=False),
    time_column("starts_at", required=True),
    time_column("ends_at", required=True),
    Column("repeats", Text, nullable=False, server_default=text("''")),
    Column("revision", Integer, nullable=False),
)
