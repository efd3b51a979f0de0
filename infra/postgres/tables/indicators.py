"""Indicators as they were worked out, and the times that have to be worked out anew."""

from sqlalchemy import BigInteger, Column, DateTime, Float, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from infra.postgres.tables.columns import metadata, time_column

indicators = Table(
    "indicators",
    metadata,
    Column("asset", Text, primary_key=True),
    Column("indicator", Text, primary_key=True),
    Column("version", Integer, primary_key=True, comment="of the formula"),
    Column("step", Text, primary_key=True, comment="hour, day, month, year; civil ones of the city"),
    Column("at", DateTime(timezone=True), primary_key=True),
    Column("numerator", Float),
    Column("denominator", Float, comment="of a level: level times hours"),
    Column("hours", Float, nullable=False, comment="how many had a numerator"),
    Column("covered_h", Float, nullable=False, comment="hours times the part of the readings that came"),
    Column("notes", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    time_column("computed_at", required=True),
    Index("ix_indicators_step_at", "step", "at"),
    comment="sums, so that hours add up to days, months and years",
)

indicators_due = Table(
    "indicators_due",
    metadata,
    Column("step", Text, primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    Column("touched", BigInteger, nullable=False, server_default=text("1"), comment="grows with every late reading"),
)
