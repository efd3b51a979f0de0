"""Name columns: which reading of a pack goes to which row, worked out once per column and remembered."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np

from city.detect.flat import names_of
from city.detect.store import Rows
from schemas.errors import Invalid
from schemas.readings import Pack, Run, Tick
from schemas.sentences import say

REMEMBERED = 4096
"""Name columns kept; a gateway repeats its own, so that a city has about as many as gateways."""


class LeanPack(msgspec.Struct, frozen=True, tag="pack", tag_field="record"):
    """A pack as detect reads it: the name column stays undecoded, since it is nearly always a known one."""

    domain: str
    zone: str
    names: msgspec.Raw
    times: list[int]
    values: list[float]
    runs: list[Run]
    states: dict[int, str] = {}


decode_lean_record = msgspec.json.Decoder(LeanPack | Tick).decode


class Round(NamedTuple):
    """Readings of one quantity, at most one per row: positions in the pack and rows of the quantity's store."""

    quantity: str
    positions: Rows | slice
    rows: Rows

    def position(self, at: int) -> int:
        """Where in the pack the reading at a place in the round is."""
        return at if isinstance(self.positions, slice) else int(self.positions[at])


class Plan(NamedTuple):
    """What to do with a name column: its length and rounds in order."""

    size: int
    rounds: list[Round]


def _check(names: int, times: int, values: int) -> None:
    if not names == times == values:
        raise Invalid(say("column_lengths"), field="values")


class Columns:
    """Plans by name column; `place(name)` says (quantity, row) of a reading's name."""

    def __init__(self, place: Callable[[str], tuple[str, int]]) -> None:
        self._place = place
        self._plans: dict[bytes | tuple[str, ...], Plan] = {}

    def plan(self, pack: Pack | LeanPack) -> Plan:
        """The plan of a pack; raises Invalid where its columns are not equally long."""
        key = bytes(pack.names) if isinstance(pack.names, msgspec.Raw) else tuple(pack.names)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._remember(key, len(pack.times))
        _check(plan.size, len(pack.times), len(pack.values))
        return plan

    def _remember(self, key: bytes | tuple[str, ...], size: int) -> Plan:
        if len(self._plans) >= REMEMBERED:
            self._plans.clear()
        names = names_of(key) if isinstance(key, bytes) else list(key)
        _check(len(names), size, size)
        plan = self._plans[key] = Plan(len(names), self._rounds(names))
        return plan

    def _rounds(self, names: list[str]) -> list[Round]:
        """The k-th reading of a row is in its quantity's k-th round: a round can be judged at once."""
        found: dict[tuple[int, str], tuple[list[int], list[int]]] = {}
        occurrences: dict[str, int] = {}
        for position, name in enumerate(names):
            turn = occurrences[name] = occurrences.get(name, -1) + 1
            quantity, row = self._place(name)
            positions, rows = found.setdefault((turn, quantity), ([], []))
            positions.append(position)
            rows.append(row)
        whole = len(found) == 1
        return [
            Round(quantity, slice(None) if whole else np.array(positions, np.intp), np.array(rows, np.intp))
            for (_, quantity), (positions, rows) in sorted(found.items())
        ]
