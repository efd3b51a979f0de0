"""The metadata of all tables and the two kinds of column that all of them use."""

from sqlalchemy import Column, DateTime, MetaData, text
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
