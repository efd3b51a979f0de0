"""The metadata of all tables, and the kinds of column and index that several of them use."""

from sqlalchemy import Column, DateTime, Index, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def time_column(name: str, *, required: bool = False) -> Column[object]:
    """A time with zone; null unless required."""
    return Column(name, DateTime(timezone=True), nullable=not required)


def json_column(name: str, default: str = "{}") -> Column[object]:
    """A JSONB document, by default an empty one."""
    return Column(name, JSONB, nullable=False, server_default=text(f"'{default}'::jsonb"))


def by_blocks(name: str, *times: str) -> Index:
    """A BRIN index of times that grow with the table: it finds a day of years and costs a change next to nothing."""
    operators = dict.fromkeys(times, "timestamptz_minmax_multi_ops")
    return Index(
        name, *times, postgresql_using="brin", postgresql_with={"autosummarize": True}, postgresql_ops=operators
    )
