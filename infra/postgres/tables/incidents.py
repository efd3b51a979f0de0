"""Incidents, their groups, signals, changes, and what people said of them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from infra.postgres.tables.columns import by_blocks, json_column, metadata, time_column

incidents = Table(
    "incidents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("command_version", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False, index=True),
    Column("severity", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("zones", ARRAY(Text), nullable=False),
    Column("agencies", ARRAY(Text), nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    time_column("opened_at", required=True),
    time_column("updated_at", required=True),
    time_column("resolved_at"),
    time_column("due_at"),
    json_column("timers"),
    json_column("checklist"),
    time_column("forgotten_at"),
    Column("acted", Boolean, nullable=False, server_default=text("false"), comment="a person has acted on it"),
    time_column("created_at", required=True),
    Column("merged_into", Text),
    json_column("body"),
    Column("search", Text, nullable=False, server_default=text("''"), comment="lower case, without diacritics"),
    Index("ix_incidents_updated_at_id", "updated_at", "id"),
    Index("ix_incidents_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    by_blocks("ix_incidents_times", "opened_at", "created_at", "updated_at", "resolved_at"),
    comment="body is schemas.incidents.Incident; timers: what the recorder does at which event time",
)

sheets = Table(
    "sheets",
    metadata,
    Column("digest", Text, primary_key=True),
    json_column("body"),
    comment="every wording of a procedure that an incident got (schemas.procedures.Procedure)",
)

groups = Table(
    "groups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("region", Text, nullable=False),
    Column("incident_id", Text, ForeignKey("incidents.id"), index=True),
    Column("parent_group", Text, index=True),
    Column("suspected_asset", Text, index=True),
    Column("held_to", Text, index=True, comment="the group to which a pattern, or a tie within one story, holds it"),
    Column("revision", BigInteger, nullable=False),
    Column("part_of", Text, index=True, comment="the group that people took this part away from"),
    json_column("body"),
    comment="the newest explanation of each group (schemas.links.Explanation)",
)

signals = Table(
    "signals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("asset", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("agency", Text),
    time_column("raised_at", required=True),
    time_column("cleared_at"),
    Column("group_id", Text, index=True),
    Column("incident_id", Text, index=True),
    json_column("body"),
    Index("ix_signals_raised_at_id", "raised_at", "id"),
    by_blocks("ix_signals_times", "raised_at", "cleared_at"),
    Index("ix_signals_asset_kind", "asset", "kind"),
    Index("ix_signals_active", "incident_id", postgresql_where=text("state = 'active'")),
    comment="body is schemas.signals.Signal",
)

changes = Table(
    "changes",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    time_column("at", required=True),
    Column("by", Text, nullable=False),
    Column("number", BigInteger, index=True, comment="given by the relay when it publishes"),
    json_column("body"),
    Index("ix_changes_at", "at", "incident_id", "version"),
    comment="body is schemas.incidents.Change: the timeline",
)

facts = Table(
    "facts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False, comment="together or apart"),
    Column("signal_a", Text, nullable=False, index=True),
    Column("signal_b", Text, nullable=False, index=True),
    Column("said", Text, nullable=False, index=True, comment="id of the overrule: incident and version of its change"),
    Column("by", Text, nullable=False),
    time_column("at", required=True),
    time_column("undone_at"),
    Column("undone_by", Text),
    comment="what people said about signals; recomputation obeys (DESIGN D4)",
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", LargeBinary, comment="the exact bytes to publish; null is a tombstone"),
    Column("incident_id", Text),
    Column("version", Integer),
    time_column("created_at", required=True),
    Column("number", BigInteger, unique=True, comment="given by the relay; the id in the live stream and the log"),
    time_column("published_at"),
    Index("ix_outbox_unpublished", "id", postgresql_where=text("published_at IS NULL")),
)
