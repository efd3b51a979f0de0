"""Indicators of parks and plants."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    """CREATE TABLE indicators (
    asset TEXT NOT NULL,
    indicator TEXT NOT NULL,
    version INTEGER NOT NULL,
    step TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    numerator FLOAT,
    denominator FLOAT,
    hours FLOAT NOT NULL,
    covered_h FLOAT NOT NULL,
    notes TEXT[] DEFAULT '{}'::text[] NOT NULL,
    computed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_indicators PRIMARY KEY (asset, indicator, version, step, at)
)""",
    "CREATE INDEX ix_indicators_step_at ON indicators (step, at)",
    "COMMENT ON TABLE indicators IS 'sums, so that hours add up to days, months and years'",
    "COMMENT ON COLUMN indicators.version IS 'of the formula'",
    "COMMENT ON COLUMN indicators.step IS 'hour, day, month, year; civil ones of the city'",
    "COMMENT ON COLUMN indicators.denominator IS 'of a level: level times hours'",
    "COMMENT ON COLUMN indicators.hours IS 'how many had a numerator'",
    "COMMENT ON COLUMN indicators.covered_h IS 'hours times the part of the readings that came'",
    """CREATE TABLE indicators_due (
    step TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    touched BIGINT DEFAULT 1 NOT NULL,
    CONSTRAINT pk_indicators_due PRIMARY KEY (step, at)
)""",
    "COMMENT ON COLUMN indicators_due.touched IS 'grows with every late reading'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
