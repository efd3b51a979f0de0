"""A pack of a recording on its way between stages: columns as bytes, which nobody has to decode reading by reading."""

from array import array
from collections.abc import Iterator, Sequence

import msgspec

from schemas.readings import Pack, Run

_encode_names = msgspec.json.Encoder().encode
_decode_names = msgspec.json.Decoder(list[str]).decode
BYTES = 8
"""Of a time or a value."""


class FlatColumns(msgspec.Struct, frozen=True, gc=False):
    """Readings of one event for one place."""

    size: int
    """How many."""
    characters: int
    """Of their names, about."""
    names: bytes
    """JSON without brackets."""
    times: bytes
    """int64 of this machine."""
    values: bytes
    """float64 of this machine."""
    states: dict[int, str] | None = None
    """As in `Pack`; None for none."""

    @classmethod
    def of(
        cls, names: Sequence[str], times: Sequence[int], values: Sequence[float], states: dict[int, str]
    ) -> "FlatColumns":
        """The same."""
        of_times, of_values = array("q", times).tobytes(), array("d", values).tobytes()
        return cls(*described(names), of_times, of_values, states or None)

    def cut(self, start: int, stop: int) -> "FlatColumns":
        """Some of the readings."""
        names, part = names_of(b"[%b]" % self.names)[start:stop], slice(BYTES * start, BYTES * stop)
        states = {at - start: state for at, state in (self.states or {}).items() if start <= at < stop}
        return FlatColumns(*described(names), self.times[part], self.values[part], states or None)


def described(names: Sequence[str]) -> tuple[int, int, bytes]:
    """What `FlatColumns` has of names: how many, how long about, JSON."""
    return len(names), len(names[0]) * len(names), _encode_names(names)[1:-1]


class FlatPack(msgspec.Struct, frozen=True, gc=False, tag="pack", tag_field="record"):
    """What a `Pack` says; the same sensors that send together again give the same bytes of names.

    Of the origin of readings it has what detection asks for: the id of the CloudEvent.
    """

    domain: str
    zone: str
    names: bytes
    """JSON."""
    times: bytes
    """int64 of this machine."""
    values: bytes
    """float64 of this machine."""
    ids: list[str]
    """Of the CloudEvents that consecutive readings came in."""
    counts: list[int]
    """How many came in each."""
    states: dict[int, str] = {}

    @classmethod
    def joined(cls, domain: str, zone: str, columns: Sequence[FlatColumns], ids: list[str]) -> "FlatPack":
        """The readings of some events, in order; `ids`: of each event."""
        counts, states = [part.size for part in columns], dict[int, str]()
        for number in [number for number, part in enumerate(columns) if part.states]:
            before = sum(counts[:number])
            states |= {before + at: state for at, state in (columns[number].states or {}).items()}
        names = b",".join([part.names for part in columns])
        times, values = b"".join([part.times for part in columns]), b"".join([part.values for part in columns])
        return cls(domain, zone, b"[%b]" % names, times, values, ids, counts, states)

    def origins(self) -> Iterator[tuple[str, int]]:
        """Ids of the CloudEvents with how many consecutive readings came in each."""
        return zip(self.ids, self.counts, strict=True)

    def pack(self) -> Pack:
        """The same, but for what is not known of the origin."""
        times, values = array("q", self.times).tolist(), array("d", self.values).tolist()
        runs = [Run("", event_id, count) for event_id, count in self.origins()]
        return Pack(self.domain, self.zone, names_of(self.names), times, values, runs, self.states)

    def part(self, positions: Sequence[int]) -> Pack:
        """Some of the readings, each with its origin."""
        whole, origins = self.pack(), [event_id for event_id, count in self.origins() for _ in range(count)]
        return Pack(
            self.domain,
            self.zone,
            [whole.names[at] for at in positions],
            [whole.times[at] for at in positions],
            [whole.values[at] for at in positions],
            [Run("", origins[at], 1) for at in positions],
            {number: self.states[at] for number, at in enumerate(positions) if at in self.states},
        )


def names_of(column: bytes) -> list[str]:
    """The names of a column."""
    return _decode_names(column)
