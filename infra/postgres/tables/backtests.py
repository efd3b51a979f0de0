"""Backtests asked for over the API."""

from sqlalchemy import Column, Float, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from infra.postgres.tables.columns import json_column, metadata, time_column

backtests = Table(
    "backtests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False, comment="queued, running, done, failed, cancelled"),
    Column("progress", Float, nullable=False, server_default=text("0")),
    Column("step", Text, nullable=False, server_default=text("''")),
    Column("by", Text, nullable=False),
    time_column("created_at", required=True),
    time_column("touched_at", required=True),
    json_column("proposal"),
    Column("findings", JSONB),
    Column("error", Text),
    comment="what would be different (schemas.backtests); touched_at: somebody still works on it",
)
