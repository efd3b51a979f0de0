"""Any number of names as one parameter."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Dialect, all_, any_, literal
from sqlalchemy.types import UserDefinedType


class Names(UserDefinedType[Collection[str]]):
    """`text[]`, written at once: psycopg takes each element of a list in hand, a quarter of loading a large batch."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        """What the parameter is cast to."""
        return "TEXT[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Collection[str] | None], str | None]:
        """How it is written."""
        return lambda names: names if names is None else array_of(names)


def array_of(names: Collection[str]) -> str:
    """The names as PostgreSQL reads an array from text; none of them holds NUL, which no text there can."""
    written = "\0".join(names).replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
    return f'{{"{written}"}}' if names else "{}"


def among(column: Column[Any], names: Collection[str]) -> ColumnElement[bool]:
    """Whether the column is one of them."""
    return column == any_(literal(names, Names()))


def not_among(column: Column[Any], names: Collection[str]) -> ColumnElement[bool]:
    """Whether the column is none of them."""
    return column != all_(literal(names, Names()))
