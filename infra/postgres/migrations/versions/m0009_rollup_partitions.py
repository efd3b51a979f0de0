"""Rollups by minute and by hour in monthly partitions."""

from alembic import op

revision = "0009"
down_revision = "0008"

COLUMNS = """(sensor TEXT NOT NULL, quantity TEXT NOT NULL, {span} TIMESTAMP WITH TIME ZONE NOT NULL,
    count INTEGER NOT NULL, sum FLOAT NOT NULL, min FLOAT NOT NULL, max FLOAT NOT NULL, last FLOAT NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT pk_{table} PRIMARY KEY (sensor, quantity, {span}))
    PARTITION BY RANGE ({span})"""
INDEX = "CREATE INDEX ix_{table}_{span} ON {table} USING brin ({span})"
MONTHS = """
    DO $$ DECLARE month TIMESTAMPTZ; BEGIN
        FOR month IN SELECT DISTINCT date_trunc('month', minute, 'UTC') FROM rollups_before LOOP
            EXECUTE format('CREATE TABLE {table}_%s PARTITION OF {table} FOR VALUES FROM (%L) TO (%L)',
                to_char(month AT TIME ZONE 'UTC', 'YYYY_MM'), month,
                (month AT TIME ZONE 'UTC' + INTERVAL '1 month') AT TIME ZONE 'UTC');
        END LOOP;
    END $$"""
FILL = """
    INSERT INTO {table}
    SELECT sensor, quantity, date_trunc('{span}', minute, 'UTC'), sum(count), sum(sum), min(min), max(max),
           (array_agg(last ORDER BY minute DESC))[1], max(minute)
    FROM rollups_before GROUP BY 1, 2, 3"""
STATEMENTS = (
    "ALTER TABLE rollups RENAME TO rollups_before",
    "ALTER TABLE rollups_before RENAME CONSTRAINT pk_rollups TO pk_rollups_before",
    *(
        statement.format(table=table, span=span)
        for table, span in (("rollups", "minute"), ("rollup_hours", "hour"))
        for statement in ("CREATE TABLE {table} " + COLUMNS, INDEX, MONTHS, FILL)
    ),
    "DROP TABLE rollups_before",
    "COMMENT ON TABLE rollups IS 'minutes; partitions by infra/postgres/partitions.py'",
    "COMMENT ON TABLE rollup_hours IS 'the same by hour, written with the minutes'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
