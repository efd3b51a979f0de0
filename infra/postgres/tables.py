"""The tables of the truth; migrations/ holds their history, this file their present form."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _time(name: str, *, required: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=not required)


def _json(name: str, default: str = "{}") -> Column[object]:
    return Column(name, JSONB, nullable=False, server_default=text(f"'{default}'::jsonb"))


# --- inputs applied -------------------------------------------------------------------------------------------------

offsets = Table(
    "offsets",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
    comment="fenced positions: a batch begins by moving its row from the batch's first offset (DESIGN D5)",
)

clocks = Table(
    "clocks",
    metadata,
    Column("name", Text, primary_key=True),
    _time("now", required=True),
    comment="event time as the recorder last saw it in a tick",
)

# --- incidents ------------------------------------------------------------------------------------------------------

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
    _time("opened_at", required=True),
    _time("updated_at", required=True),
    _time("resolved_at"),
    _time("due_at"),
    Column("due", Text, comment="what the recorder does when its tick passes due_at: settle or resolve"),
    Column("merged_into", Text),
    _json("body"),
    Column("search", Text, nullable=False, server_default=text("''"), comment="lower case, without diacritics"),
    Index("ix_incidents_updated_at_id", "updated_at", "id"),
    Index("ix_incidents_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    comment="body is schemas.incidents.Incident; the other columns are for finding it",
)

groups = Table(
    "groups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("region", Text, nullable=False),
    Column("incident_id", Text, ForeignKey("incidents.id"), index=True),
    Column("parent_group", Text, index=True),
    Column("suspected_asset", Text, index=True),
    Column("revision", BigInteger, nullable=False),
    _json("body"),
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
    _time("raised_at", required=True),
    _time("cleared_at"),
    Column("group_id", Text, index=True),
    Column("incident_id", Text, index=True),
    _json("body"),
    Index("ix_signals_raised_at_id", "raised_at", "id"),
    Index("ix_signals_asset_kind", "asset", "kind"),
    comment="body is schemas.signals.Signal",
)

changes = Table(
    "changes",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    _time("at", required=True),
    Column("by", Text, nullable=False),
    Column("number", BigInteger, index=True, comment="given by the relay when it publishes"),
    _json("body"),
    comment="body is schemas.incidents.Change: the timeline",
)

facts = Table(
    "facts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False, comment="together or apart"),
    Column("signal_a", Text, nullable=False, index=True),
    Column("signal_b", Text, nullable=False, index=True),
    Column("by", Text, nullable=False),
    _time("at", required=True),
    _time("undone_at"),
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
    _time("created_at", required=True),
    Column("number", BigInteger, unique=True, comment="given by the relay; the id in the live stream and the log"),
    _time("published_at"),
    Index("ix_outbox_unpublished", "id", postgresql_where=text("published_at IS NULL")),
    Index("ix_outbox_number", "number"),
)

# --- reference data -------------------------------------------------------------------------------------------------

reference = Table(
    "reference",
    metadata,
    Column("name", Text, primary_key=True, comment="assets, relations, domains, limits, rules, keys, cities"),
    Column("id", Text, primary_key=True),
    Column("origin", Text, nullable=False, comment="shipped, city or edit"),
    Column("revision", BigInteger, nullable=False, index=True),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    _json("body"),
    _time("changed_at", required=True),
    Column("changed_by", Text, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("folder", Text, primary_key=True, comment="city id, or shipped"),
    Column("content_hash", Text, nullable=False),
    _time("at", required=True),
    _json("report"),
)

# --- people and keys ------------------------------------------------------------------------------------------------

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text, nullable=False, comment="argon2id"),
    Column("role", Text, nullable=False, comment="admin, supervisor, operator, viewer"),
    Column("agency", Text),
    _time("created_at", required=True),
    _time("disabled_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column("user_name", Text, ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    _time("created_at", required=True),
    _time("expires_at", required=True),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _time("at", required=True),
    Column("by", Text, nullable=False),
    Column("address", Text),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    _json("detail"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("by", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    _time("at", required=True),
)

# --- bad input, readings --------------------------------------------------------------------------------------------

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("field", Text),
    _time("at", required=True),
    Column("key", LargeBinary),
    Column("value", LargeBinary),
    Column("value_size", BigInteger, nullable=False),
    _time("replayed_at"),
    Index("ix_dead_letters_at", "at"),
)

sensors_seen = Table(
    "sensors_seen",
    metadata,
    Column("id", Text, primary_key=True),
    Column("quantities", ARRAY(Text), nullable=False),
    Column("zone", Text, nullable=False),
    Column("registered", Boolean, nullable=False),
    _time("first_at", required=True),
    _time("last_at", required=True),
    Column("readings", BigInteger, nullable=False, comment="how many telemetry has counted"),
    comment="every sensor that ever sent, unregistered ones too",
)

rollups = Table(
    "rollups",
    metadata,
    Column("sensor", Text, primary_key=True),
    Column("quantity", Text, primary_key=True),
    Column("minute", DateTime(timezone=True), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("sum", Float, nullable=False),
    Column("min", Float, nullable=False),
    Column("max", Float, nullable=False),
    Column("last", Float, nullable=False),
)

# --- webhooks -------------------------------------------------------------------------------------------------------

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column("secrets", ARRAY(Text), nullable=False, comment="whsec_…, newest first; all sign while they are here"),
    _json("filters"),
    _time("created_at", required=True),
    _time("disabled_at"),
    Column("disabled_reason", Text),
    _time("failing_since"),
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
    _time("created_at", required=True),
    _time("next_at", required=True),
    Index("uq_deliveries_endpoint_message", "endpoint_id", "message_id", unique=True),
    Index("ix_deliveries_waiting", "endpoint_id", "incident_id", "version", postgresql_where=text("state = 'waiting'")),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("delivery_id", BigInteger, ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False, index=True),
    _time("at", required=True),
    Column("status", Integer),
    Column("error", Text),
    Column("duration_ms", Integer, nullable=False),
    Column("response", Text, comment="at most the first 1,000 characters"),
)
