"""Who may come in, and what they did."""

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Integer, LargeBinary, Table, Text

from infra.postgres.tables.columns import json_column, metadata, time_column

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text, nullable=False, comment="argon2id"),
    Column("role", Text, nullable=False, comment="admin, supervisor, operator, viewer"),
    Column("agency", Text),
    time_column("created_at", required=True),
    time_column("disabled_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column("user_name", Text, ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    time_column("created_at", required=True),
    time_column("expires_at", required=True),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    time_column("at", required=True),
    Column("by", Text, nullable=False),
    Column("address", Text),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    json_column("detail"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("by", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("status", Integer, nullable=False),
    Column("asked", Text, comment="digest of the request; null: from before there was one"),
    Column("answer", LargeBinary, nullable=False),
    time_column("at", required=True),
    Index("ix_idempotency_at", "at"),
)
