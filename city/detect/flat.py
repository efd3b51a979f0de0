"""A pack of a recording on its way between stages: columns as bytes, which nobody has to decode reading by reading."""

from array import array
from collections.abc import Sequence

import msgspec

from schemas.readings import Pack, Run

_encode_names = msgspec.json.Encoder().encode
_decode_names = msgspec.json.Decoder(list[str]).decode


class FlatPack(msgspec.Struct, frozen=True, gc=False, tag="pack", tag_field="record"):
    """What a `Pack` says; the same sensors that send together again give the same bytes of names."""

    domain: str
    zone: str
    names: bytes
    """JSON."""
    times: bytes
    """int64 of this machine."""
    values: bytes
    """float64 of this machine."""
    runs: list[Run]
    states: dict[int, str] = {}

    @classmethod
    def of(cls, pack: Pack) -> "FlatPack":
        """The same."""
        times, values = array("q", pack.times).tobytes(), array("d", pack.values).tobytes()
        return cls(pack.domain, pack.zone, _encode_names(pack.names), times, values, pack.runs, pack.states)

    def pack(self) -> Pack:
        """The same."""
        times, values = array("q", self.times).tolist(), array("d", self.values).tolist()
        return Pack(self.domain, self.zone, names_of(self.names), times, values, self.runs, self.states)

    def part(self, positions: Sequence[int]) -> Pack:
        """Some of the readings, each with its origin."""
        whole, origins = self.pack(), [run for run in self.runs for _ in range(run.count)]
        return Pack(
            self.domain,
            self.zone,
            [whole.names[at] for at in positions],
            [whole.times[at] for at in positions],
            [whole.values[at] for at in positions],
            [msgspec.structs.replace(origins[at], count=1) for at in positions],
            {number: self.states[at] for number, at in enumerate(positions) if at in self.states},
        )


def names_of(column: bytes) -> list[str]:
    """The names of a column."""
    return _decode_names(column)
