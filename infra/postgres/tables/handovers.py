"""Shift hand-overs."""

from sqlalchemy import BigInteger, Column, Identity, Table, Text, text

from infra.postgres.tables.columns import json_column, metadata, time_column

handovers = Table(
    "handovers",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("agency", Text, comment="whose desk; null is the center's own"),
    Column("by", Text, nullable=False),
    time_column("at", required=True),
    Column("notes", Text, nullable=False, server_default=text("''")),
    Column("accepted_by", Text),
    time_column("accepted_at"),
    Column("accepted_note", Text),
    json_column("snapshot"),
    comment="snapshot is schemas.handovers.ShiftWork, frozen when it was handed over",
)
