"""Columns that several stores have in common, each a plane of its own, so that rows of all are worked on at once."""

from typing import NamedTuple

import numpy as np

from city.detect.store import Column, Field, Rows, Store


class Lesson(NamedTuple):
    """Readings, one per row, that are still to be learned: rows of the block."""

    rows: Rows
    times: Column
    values: Column


class Block:
    """The planes one after the other; the stores' own columns are views of them."""

    def __init__(self, fields: dict[str, Field]) -> None:
        """`fields`: which columns of its stores it holds."""
        self._fields = fields
        self._stores: list[Store] = []
        self._size = 0
        self.columns: dict[str, Column] = {}

    def join(self, store: Store) -> int:
        """The number of a store's plane, which holds its columns from now on."""
        self._stores.append(store)
        store.grown = self._fit
        self._fit()
        return len(self._stores) - 1

    def rows(self, plane: int, rows: Rows) -> Rows:
        """Where these rows of a plane's store are."""
        return rows + plane * self._size

    def _fit(self) -> None:
        """Make room for the largest store in all planes."""
        self._size = max(store.room for store in self._stores)
        for name, field in self._fields.items():
            shape = (len(self._stores), self._size, field.width)[: 3 if field.width else 2]
            planes = np.full(shape, field.fill, dtype=field.dtype)
            for plane, store in zip(planes, self._stores, strict=True):
                plane[: store.room] = store.columns[name][: store.room]
                store.columns[name] = plane
            self.columns[name] = planes.reshape(-1, *shape[2:])
