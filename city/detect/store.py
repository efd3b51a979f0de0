"""Rows of numpy columns that grow, know which chunks changed, and turn into pages and back."""

from collections.abc import Callable, Container
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

NEVER = np.iinfo(np.int64).min // 2
"""A time before all others."""
CHUNK = 256
"""Rows in one page, at most."""
PAGE_BYTES = 256 * 1024
"""A page of rows with a long history has fewer: it is written whole when one of them changes."""

Column = NDArray[Any]
Rows = NDArray[np.intp]


class Field(NamedTuple):
    """A column: its type, the value of a new row, and for two-dimensional ones how many cells a row has."""

    dtype: str
    fill: float
    width: int = 0
    written: str = ""
    """Of a ring: the column that counts how many cells were ever written to it, one after the other."""


class Page(msgspec.Struct, frozen=True):
    """A chunk of rows: names in order, and each column's bytes (little endian)."""

    names: list[str]
    columns: dict[str, bytes]


_decode_page = msgspec.msgpack.Decoder(Page).decode


def span(rows: Rows) -> Rows | slice:
    """The same rows as a slice where they follow one another: what is copied by one costs a third."""
    first, last = (int(rows[0]), int(rows[-1])) if len(rows) else (0, 0)
    if last - first == len(rows) - 1 and np.count_nonzero(rows[1:] == rows[:-1] + 1) == last - first:
        return slice(first, last + 1)
    return rows


def cells(column: Column) -> Column:
    """All cells of a column, one row after the other: one index costs a third of two."""
    return column.reshape(-1)


def page_names(body: bytes) -> list[str]:
    """The names of a page's rows."""
    return _decode_page(body).names


def _nobody() -> None:
    """Nobody asks."""


class Store:
    """Named rows with the same columns each; `chunk` of them are a page."""

    def __init__(self, fields: dict[str, Field]) -> None:
        self.fields = fields
        width = sum(np.dtype(field.dtype).itemsize * max(field.width, 1) for field in fields.values())
        self.chunk = max(1, min(CHUNK, PAGE_BYTES // width))
        self.names: list[str] = []
        self.rows: dict[str, int] = {}
        self.columns: dict[str, Column] = {name: self._blank(field, self.chunk) for name, field in fields.items()}
        self.dirty = np.zeros(1, dtype=bool)
        self.grown: Callable[[], None] = _nobody
        """Called when there is room for more rows."""

    @property
    def room(self) -> int:
        """For how many rows there is room."""
        return len(self.dirty) * self.chunk

    @staticmethod
    def _blank(field: Field, rows: int) -> Column:
        shape = (rows, field.width) if field.width else (rows,)
        return np.full(shape, field.fill, dtype=field.dtype)

    def add(self, name: str) -> int:
        """The row of a name, a new one with fill values if there is none."""
        row = self.rows.get(name)
        if row is None:
            row = self.rows[name] = len(self.names)
            self.names.append(name)
            if row >= self.room:
                self._grow()
            self.dirty[row // self.chunk] = True
        return row

    def _grow(self) -> None:
        """Double all columns."""
        size = self.room
        for name, field in self.fields.items():
            self.columns[name] = np.concatenate([self.columns[name][:size], self._blank(field, size)])
        self.dirty = np.concatenate([self.dirty, np.zeros(len(self.dirty), dtype=bool)])
        self.grown()

    def touch(self, rows: Rows) -> None:
        """These rows changed: their pages are to be written."""
        self.dirty[rows // self.chunk] = True

    def forget(self, row: int, keep: Container[str] = ()) -> None:
        """A row is as if it were new, but for the columns `keep`."""
        for name, field in self.fields.items():
            if name not in keep:
                self.columns[name][row] = field.fill
        self.dirty[row // self.chunk] = True

    def take_dirty(self) -> dict[int, bytes]:
        """The changed pages by number, encoded; they count as unchanged from now on."""
        numbers = [int(number) for number in np.flatnonzero(self.dirty)]
        self.dirty[:] = False
        return {number: self._encode(number) for number in numbers}

    def _encode(self, number: int) -> bytes:
        first, last = number * self.chunk, min((number + 1) * self.chunk, len(self.names))
        columns = {name: column[first:last].tobytes() for name, column in self.columns.items()}
        return msgspec.msgpack.encode(Page(self.names[first:last], columns))

    def restore(self, body: bytes) -> list[int]:
        """Take the rows of a page; columns it does not have keep their fill. Returns the rows.

        A ring of another width gives the newest of its cells.
        """
        page = _decode_page(body)
        rows = [self.add(name) for name in page.names]
        for name, data in page.columns.items():
            field = self.fields.get(name)
            if field is None:
                continue
            flat = np.frombuffer(data, dtype=field.dtype)
            if flat.size == len(rows) * max(field.width, 1):
                self.columns[name][rows] = flat.reshape(len(rows), field.width) if field.width else flat
            elif field.written in page.columns:
                written = np.frombuffer(page.columns[field.written], dtype=np.int64)
                self.columns[name][rows] = _fitted(flat.reshape(len(rows), -1), written, field)
        return rows


def _fitted(ring: Column, written: Column, field: Field) -> Column:
    """The newest cells of rings, where they are in ones as wide as the field says."""
    width = ring.shape[1]
    cell = written[:, None] - 1 - np.arange(min(width, field.width))
    found = np.full((len(ring), field.width), field.fill, dtype=field.dtype)
    every = np.arange(len(ring))[:, None]
    found[every, cell % field.width] = ring[every, cell % width]
    return found
