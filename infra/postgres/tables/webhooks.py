"""Endpoints, deliveries and their attempts."""

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from infra.postgres.tables.columns import json_column, metadata, time_column

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Text, primary_key=True),
    Column("form", Text, nullable=False, server_default=text("'webhook'"), comment="webhook, email, message"),
    Column("url", Text, nullable=False, server_default=text("''")),
    Column("to", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="duty, addresses, numbers"),
    Column("template", JSONB(none_as_null=True), comment="what a gateway of short messages wants"),
    Column("authorization", Text, comment="the header for it"),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column("secrets", ARRAY(Text), nullable=False, comment="whsec_…, newest first; all sign while they are here"),
    json_column("filters"),
    Column("agency", Text, comment="told only of what names it; null: of the whole city"),
    time_column("created_at", required=True),
    time_column("disabled_at"),
    Column("disabled_reason", Text),
    time_column("failing_since"),
    Column("disabled_reason_vi", Text),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("endpoint_id", Text, ForeignKey("endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", Text, nullable=False, comment="webhook-id, stable over retries and replays"),
    Column("incident_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="the bytes that are signed and sent"),
    Column("state", Text, nullable=False, comment="waiting, delivered, failed"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("told", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="people whom it has reached"),
    time_column("created_at", required=True),
    time_column("next_at", required=True),
    Index("uq_deliveries_endpoint_message", "endpoint_id", "message_id", unique=True),
    Index("ix_deliveries_incident", "incident_id"),
    Index("ix_deliveries_created_at", "created_at"),
    Index("ix_deliveries_waiting", "endpoint_id", "incident_id", "version", postgresql_where=text("state = 'waiting'")),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("delivery_id", BigInteger, ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False, index=True),
    time_column("at", required=True),
    Column("status", Integer),
    Column("error", Text),
    Column("duration_ms", Integer, nullable=False),
    Column("response", Text, comment="at most the first 1,000 characters"),
)
