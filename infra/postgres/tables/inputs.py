"""What has been applied of the inputs."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from infra.postgres.tables.columns import metadata, time_column

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
    time_column("now", required=True),
    comment="event time as the recorder last saw it in a tick",
)
