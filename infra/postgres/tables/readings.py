"""Sensors, rollups, and what could not be taken."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Float, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from infra.postgres.tables.columns import metadata, time_column

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("reason_vi", Text),
    Column("field", Text),
    time_column("at", required=True),
    Column("key", LargeBinary),
    Column("value", LargeBinary),
    Column("value_size", BigInteger, nullable=False),
    time_column("replayed_at"),
    Column("left_out", BigInteger, comment="how many of an hour are in Kafka only; null: a letter"),
    Index("ix_dead_letters_at", "at"),
)

sensors_seen = Table(
    "sensors_seen",
    metadata,
    Column("id", Text, primary_key=True),
    Column("quantities", ARRAY(Text), nullable=False),
    Column("zone", Text, nullable=False),
    Column("registered", Boolean, nullable=False),
    time_column("first_at", required=True),
    time_column("last_at", required=True),
    Column("readings", BigInteger, nullable=False, comment="how many telemetry has counted"),
    comment="every sensor that ever sent, unregistered ones too",
)


def _counted(name: str, begin: str, comment: str) -> Table:
    """A table of what each sensor and quantity did in spans of one length, in monthly partitions."""
    return Table(
        name,
        metadata,
        Column("sensor", Text, primary_key=True),
        Column("quantity", Text, primary_key=True),
        Column(begin, DateTime(timezone=True), primary_key=True),
        Column("count", Integer, nullable=False),
        Column("sum", Float, nullable=False),
        Column("min", Float, nullable=False),
        Column("max", Float, nullable=False),
        Column("last", Float, nullable=False),
        time_column("last_at", required=True),
        Index(f"ix_{name}_{begin}", begin, postgresql_using="brin"),
        postgresql_partition_by=f"RANGE ({begin})",
        comment=comment,
    )


rollups = _counted("rollups", "minute", "minutes; partitions by infra/postgres/partitions.py")
rollup_hours = _counted("rollup_hours", "hour", "the same by hour, written with the minutes")
