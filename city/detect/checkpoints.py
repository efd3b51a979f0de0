"""Checkpoints of rows: where judging goes back to when a reading of a slow sensor comes late (DESIGN D2)."""

from collections.abc import Callable

import numpy as np

from city.detect.resting import Runs
from city.detect.store import NEVER, Column, Field, Rows, Store, span

OLDER, NEWER = "older:", "newer:"


class Checkpoints:
    """Two copies of each row's state: as all readings up to `older_ms`, and all up to `newer_ms`, made it.

    `older_ms` is always the lateness or `between` readings back, so that no late reading that counts is before it.
    """

    def __init__(self, state: dict[str, Field], lateness_ms: int, between: int) -> None:
        ways = (NEWER, OLDER), ("", NEWER), ("", OLDER), (OLDER, "")
        self._copies = {way: [(way[0] + name, way[1] + name) for name in state] for way in ways}
        """From which column to which, by way."""
        self._fields = {prefix + name: field for prefix in (OLDER, NEWER) for name, field in state.items()}
        self._lateness_ms, self._between = lateness_ms, between

    def fields(self) -> dict[str, Field]:
        """Columns they keep."""
        places = {"older_ms": Field("int64", NEVER), "newer_ms": Field("int64", NEVER), "newer_at": Field("int64", 0)}
        return self._fields | places

    def advance(self, store: Store, rows: Rows, times: Column) -> Rows:
        """Before newer readings are judged: the rows whose checkpoints moved on because they were far enough back."""
        due = rows[self._due(store, rows, times, store.columns["written"][rows])]
        if len(due):
            self._move_on(store, due, store.columns["written"][due])
        return due

    def _due(self, store: Store, rows: Rows, times: Column, written: Column) -> Column:
        """Of each reading, that comes when so many of its row are written: whether the newer one is far enough back."""
        passed = written - store.columns["newer_at"][rows]
        found: Column = (times - store.columns["newer_ms"][rows] >= self._lateness_ms) | (passed >= self._between)
        return found

    def _move_on(self, store: Store, rows: Rows, written: Column) -> None:
        """The newer checkpoint is the older one now, and the present state, after `written` readings, the newer."""
        columns = store.columns
        self._copy(store, rows, NEWER, OLDER)
        self._copy(store, rows, "", NEWER)
        columns["older_ms"][rows] = columns["newer_ms"][rows]
        columns["newer_ms"][rows] = columns["last_ms"][rows]
        columns["newer_at"][rows] = written

    def advance_all(self, store: Store, runs: Runs, take: Callable[[Runs], None]) -> list[tuple[int, int]]:
        """Before each of these readings the same, and all of them taken: `take` does so with the next ones of a row.

        Gives (reading, time up to which what was found stands) wherever a row's checkpoints move on.
        """
        columns, rows, ranks = store.columns, runs.rows[runs.of], runs.ranks
        written, left = columns["written"][rows] + ranks, np.ones(len(rows), dtype=bool)
        seen, found = np.full(len(runs.rows), -1), list[tuple[int, int]]()
        while True:
            due = self._due(store, rows, runs.times, written)
            at = np.flatnonzero(due & (ranks > seen[runs.of]))
            if not len(at):
                break
            at = at[np.unique(runs.of[at], return_index=True)[1]]
            seen[runs.of[at]] = ranks[at]
            before = left & (ranks < seen[runs.of])
            if np.count_nonzero(before):
                take(runs.only(before))
                left &= ~before
            self._move_on(store, rows[at], written[at])
            found += zip(at.tolist(), columns["older_ms"][rows[at]].tolist(), strict=True)
        take(runs.only(left))
        return found

    def reachable(self, store: Store, rows: Rows, times: Column) -> Column:
        """Which late readings can still be judged: within the lateness, after the older checkpoint, and with room."""
        older = store.columns["older_ms"][rows]
        kept = (store.columns["history_ms"][rows] > older[:, None]).sum(axis=1)
        recent = times >= store.columns["last_ms"][rows] - self._lateness_ms
        found: Column = recent & (times > older) & (kept < 2 * self._between)
        return found

    def rewind(self, store: Store, rows: Rows) -> None:
        """The rows' state is that of the older checkpoint again."""
        self._copy(store, rows, OLDER, "")

    def passing(self, store: Store, rows: Rows, before: Column, times: Column) -> None:
        """While judging again: between these two readings of each row, where it is so, lies the newer checkpoint."""
        place = store.columns["newer_ms"][rows]
        crossed = rows[(before <= place) & (place < times)]
        if len(crossed):
            self._copy(store, crossed, "", NEWER)

    def copy(self, store: Store, rows: Rows) -> None:
        """The state of both checkpoints is the present one."""
        for prefix in (OLDER, NEWER):
            self._copy(store, rows, "", prefix)

    def reset(self, store: Store) -> None:
        """Nothing before the present can be judged again, e.g. since the conditions are other ones now."""
        rows = np.arange(len(store.names), dtype=np.intp)
        self.copy(store, rows)
        store.columns["older_ms"][rows] = store.columns["newer_ms"][rows] = store.columns["last_ms"][rows]
        store.columns["newer_at"][rows] = store.columns["written"][rows]

    def _copy(self, store: Store, rows: Rows, source: str, target: str) -> None:
        columns, at = store.columns, span(rows)
        for one, other in self._copies[source, target]:
            columns[other][at] = columns[one][at]
