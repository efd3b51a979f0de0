"""Silences, planned works, and what they have covered."""

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Table, Text, text

from infra.postgres.tables.columns import json_column, metadata, time_column

windows = Table(
    "windows",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False, comment="silence or works"),
    Column("state", Text, nullable=False, comment="pending, active or expired: what the recorder has made of it"),
    time_column("starts_at", required=True),
    time_column("ends_at", required=True),
    time_column("due_at"),
    Column("revision", BigInteger, nullable=False, index=True, comment="counts what the recorder has done to any"),
    Column("agency", Text),
    Column("owner", Text, nullable=False),
    time_column("created_at", required=True),
    json_column("body"),
    Index("ix_windows_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    Index("ix_windows_kind_created_at_id", "kind", "created_at", "id"),
    comment="body is schemas.suppression.Window; at due_at the recorder lets it begin, end, or looks at it anew",
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("window_id", Text, ForeignKey("windows.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("signal_id", Text, nullable=False, index=True),
    Column("incident_id", Text, nullable=False, index=True),
    time_column("began_at", required=True),
    time_column("ended_at"),
    json_column("body"),
    Index("uq_suppressions_in_force", "window_id", "signal_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("ix_suppressions_ended_at", "ended_at"),
    comment="body is schemas.suppression.Suppression: which signal was covered by what, and why",
)
