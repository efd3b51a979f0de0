"""Reference data and the imports that brought it."""

from sqlalchemy import BigInteger, Boolean, Column, Table, Text, text

from infra.postgres.tables.columns import json_column, metadata, time_column

reference = Table(
    "reference",
    metadata,
    Column("name", Text, primary_key=True, comment="a key of schemas.reference.REFERENCE_TYPES"),
    Column("id", Text, primary_key=True),
    Column("origin", Text, nullable=False, comment="shipped, city or edit"),
    Column("revision", BigInteger, nullable=False, index=True),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    json_column("body"),
    time_column("changed_at", required=True),
    Column("changed_by", Text, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("folder", Text, primary_key=True, comment="city id, or shipped"),
    Column("content_hash", Text, nullable=False),
    time_column("at", required=True),
    json_column("report"),
)
