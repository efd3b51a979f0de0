"""The frames of the live stream; SSE and WebSocket carry the same JSON."""

import msgspec

from infra.postgres.indicator_values import CityValue
from infra.redis.stages import Stage
from schemas.incidents import Change, Incident
from schemas.times import At


class Snapshot(msgspec.Struct, frozen=True, tag="snapshot", tag_field="frame"):
    """The incidents that match, as they are at `number`; the first frame unless the stream resumes."""

    number: int
    incidents: list[Incident]
    cut: bool = False
    """There are more than the 2,000 that are told, live and severe ones first; `GET /v1/incidents` has the others."""


class ChangeFrame(msgspec.Struct, frozen=True, tag="change", tag_field="frame"):
    """One change; `number` is what to resume from. An incident that the client was told of is also told when it leaves
    the filters: look at `change.incident`. After a resume that holds for the change by which it leaves."""

    number: int
    change: Change


class Values(msgspec.Struct, frozen=True, tag="values", tag_field="frame"):
    """Newest readings as `<sensor>/<quantity>` → [Unix ms, value]: all on connect, then what moved, once a second."""

    values: dict[str, tuple[int, float]]


class Counts(msgspec.Struct, frozen=True):
    """Incidents that are open, acknowledged or in progress."""

    open: int = 0
    by_severity: dict[str, int] = {}
    suppressed: int = 0
    """How many of them silences and works cover whole."""


class Tiles(msgspec.Struct, frozen=True, kw_only=True, tag="tiles", tag_field="frame"):
    """Where every stage of the pipeline stands, and counts; once a second."""

    stages: dict[str, Stage]
    missing: tuple[str, ...] = ()
    """Stages of which nothing is known, since Redis started or ever: they stand still."""
    counts: Counts
    indicators: dict[str, CityValue] = {}
    """Of all industrial parks together, today so far; read every fifteen seconds."""
    now: At
    """The server's clock: ages are told by it, whatever a screen's own clock says."""


class Reset(msgspec.Struct, frozen=True, tag="reset", tag_field="frame"):
    """What was sent so far counts no more, or the stream ends here; `reason` says why."""

    reason: str
    """`too_old`, `unknown_number`, `rights` (a snapshot follows); `slow`, `redis`, `postgres`, `lifetime`, `stopping`
    (the stream ends: connect again), `withdrawn` (it ends: the key or session counts no more, or has other rights)."""


class Ping(msgspec.Struct, frozen=True, tag="ping", tag_field="frame"):
    """Nothing happened for a while, and the stream is alive."""

    now: At


AnyFrame = Snapshot | ChangeFrame | Values | Tiles | Reset | Ping


class Sent(msgspec.Struct, frozen=True):
    """A frame serialised once for everybody."""

    name: str
    json: bytes
    number: int | None = None
    """On change frames: what to resume from."""
    incident: Incident | None = None
    """On change frames: for the filters."""
    last: bool = False
    """The stream ends after it."""

    def sse(self) -> bytes:
        """As an event of Server-Sent Events."""
        number = b"" if self.number is None else b"id: %d\n" % self.number
        return b"event: %b\n%bdata: %b\n\n" % (self.name.encode(), number, self.json)


def sent(frame: AnyFrame, *, last: bool = False) -> Sent:
    """A frame ready for sending."""
    name = str(frame.__struct_config__.tag)
    number = frame.number if isinstance(frame, ChangeFrame | Snapshot) else None
    incident = frame.change.incident if isinstance(frame, ChangeFrame) else None
    return Sent(name, msgspec.json.encode(frame), number, incident, last)


_decode_change = msgspec.json.Decoder(ChangeFrame).decode


def from_stream(number: int, frame: bytes) -> Sent:
    """A change frame as the relay wrote it; raises msgspec.ValidationError."""
    return Sent("change", frame, number, _decode_change(frame).change.incident)
