"""SenML packs (RFC 8428), resolved: base fields applied, times absolute, bad records set apart."""

import re
from decimal import Decimal
from typing import Any

import msgspec

from schemas.errors import Invalid
from schemas.readings import MEASURING, STATES
from schemas.refusals import checked
from schemas.sentences import say

RELATIVE_BELOW_S = 2**28
RELATIVE_BELOW_MS = RELATIVE_BELOW_S * 1000
"""Times below (July 1978) are relative to now (RFC 8428 §4.5.3); elsewhere a clock that nobody set tells them."""
TIME_LIMIT_S = 1e11
CLEAR = 0.49
"""So near a whole millisecond the sum of two floats is rounded as the sum of their decimals is."""
VERSION = 10
BASES = ("bn", "bt", "bu", "bv")
OTHER_VALUES = ("vs", "vb", "vd")
"""Labels of values that are no numbers; a record has one value at most (RFC 8428 §4.2)."""


class Fault(msgspec.Struct, frozen=True):
    """A record that could not be taken."""

    record: int
    field: str
    detail: str


class Resolved(msgspec.Struct):
    """The numeric readings of a pack as columns of equal length, in the pack's order."""

    names: list[str]
    times: list[int]
    """Unix milliseconds UTC."""
    values: list[float]
    units: list[str | None]
    records: list[int]
    """Index of the record that each came from."""
    faults: list[Fault]
    relative: int = 0
    """How many had a time relative to the time of receipt: their clock was lost."""
    states: dict[int, str] = {}
    """State of the instrument by record, where it is not `measuring`."""


class Record(msgspec.Struct, gc=False):
    """One record as it came: labels of RFC 8428 §4 that are read, and one of our own; others are ignored."""

    bn: str | None = None
    bt: float | None = None
    bu: str | None = None
    bv: float | None = None
    bver: int = VERSION
    n: str | None = None
    u: str | None = None
    v: float | None = None
    t: float = 0.0
    vs: str | None = None
    vb: bool | None = None
    vd: str | None = None
    s: float | None = None
    bs: float | None = None
    ut: float | None = None
    quality: str | None = None
    """State of the instrument: `measuring` (so where there is none), `calibrating` or `fault`."""


class Base(msgspec.Struct):
    """The base fields in force; `broken` are those whose last value could not be read."""

    bn: str = ""
    bt: float = 0.0
    bu: str | None = None
    bv: float = 0.0
    broken: dict[str, int] = {}


_decode_pack = msgspec.json.Decoder(list[Record]).decode
_decode_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_record = msgspec.json.Decoder(Record).decode
_decode_labels = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_MUST_UNDERSTAND = re.compile(rb'(_|\\u005[fF])"\s*:')


def resolve(body: bytes | msgspec.Raw, now_ms: int, limit: int = 50_000) -> Resolved:
    """The readings of a JSON pack received at `now_ms`. Raises Invalid if the pack as a whole cannot be taken.

    A record that is wrong by itself becomes a Fault and the others are kept, except those that rest on its base fields.
    """
    records = _records(body if isinstance(body, bytes) else bytes(body))
    if len(records) > limit:
        raise Invalid(say("pack_too_large", number=len(records), limit=limit), field="data")
    found = Resolved([], [], [], [], [], [])
    base = Base()
    for index, record in enumerate(records):
        if isinstance(record, Record):
            _take(record, index, base, found, now_ms)
        else:
            _set_apart(record, index, base, found)
    return found


def _records(body: bytes) -> list[Any]:
    """Decoded records; where one is wrong, its labels as they came."""
    suspicious = (b'_"' in body or b"\\u005" in body) and _MUST_UNDERSTAND.search(body) is not None
    if not suspicious:
        try:
            return _decode_pack(body)
        except (msgspec.MsgspecError, RecursionError, ValueError):
            pass  # the slow way finds out which record it is
    raws = checked(_decode_raws, body, "data")
    return [_one(raw, index, suspicious) for index, raw in enumerate(raws)]


def _one(raw: msgspec.Raw, index: int, look_for_unknown: bool) -> Any:
    if look_for_unknown:
        _refuse_must_understand(raw, index)
    try:
        return checked(_decode_record, raw)
    except Invalid as error:
        return raw, error


def _refuse_must_understand(raw: msgspec.Raw, index: int) -> None:
    try:
        labels = _decode_labels(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return
    for label in labels:
        if label.endswith("_"):
            raise Invalid(say("senml_label"), field=f"data.{index}.{label}")


def _take(record: Record, index: int, base: Base, found: Resolved, now_ms: int) -> None:
    if record.bn is not None or record.bt is not None or record.bu is not None or record.bv is not None:
        rebase(record, base)
    unusual = record.v is None or record.bver > VERSION or base.broken or record.quality is not None
    unusual = unusual or record.vs is not None or record.vb is not None or record.vd is not None
    if unusual and not _is_numeric(record, index, base, found):
        return
    seconds = base.bt + record.t
    if not -TIME_LIMIT_S < seconds < TIME_LIMIT_S:
        found.faults.append(Fault(index, "t", say("time_beyond")))
        return
    if seconds >= RELATIVE_BELOW_S:
        at = milliseconds(base.bt, record.t)
    else:
        at = now_ms + milliseconds(base.bt, record.t)
        found.relative += 1
    found.names.append(base.bn + record.n if record.n else base.bn)
    found.times.append(at)
    found.values.append(base.bv + (record.v or 0.0))
    found.units.append(record.u if record.u is not None else base.bu)
    found.records.append(index)


def rebase(record: Record, base: Base) -> None:
    """The base fields of a record hold from it on."""
    for label in BASES:
        value = getattr(record, label)
        if value is not None:
            setattr(base, label, value)
            base.broken.pop(label, None)


def _is_numeric(record: Record, index: int, base: Base, found: Resolved) -> bool:
    """Whether the record holds a number to take; if not, the fault is noted (none for one of base fields only)."""
    fault = _why_not(record, base)
    if fault is not None:
        found.faults.append(Fault(index, *fault))
        return False
    if record.quality not in (None, MEASURING):
        found.states[index] = str(record.quality)
    return record.v is not None


def _why_not(record: Record, base: Base) -> tuple[str, str] | None:
    if record.bver > VERSION:
        return "bver", say("senml_version", given=record.bver, version=VERSION)
    if base.broken:
        label, at = next(iter(base.broken.items()))
        return label, say("rests_on", label=label, record=at)
    if record.quality is not None and record.quality not in STATES:
        return "quality", say("none_of", known=", ".join(STATES))
    for label in OTHER_VALUES:
        if getattr(record, label) is not None:
            return label, say("senml_numbers" if record.v is None else "senml_one_value")
    if record.v is not None:
        return None
    if record.s is not None:
        return "s", say("senml_sum")
    return ("v", say("required")) if record.n is not None or not _has_base(record) else None


def _has_base(record: Record) -> bool:
    return any(getattr(record, label) is not None for label in (*BASES, "bs"))


def milliseconds(base: float, own: float) -> int:
    """The sum of two times in seconds, in milliseconds; exact in decimal where it lies near half a millisecond."""
    scaled = (base + own) * 1000.0
    nearest = round(scaled)
    if -CLEAR < scaled - nearest < CLEAR:
        return nearest
    return round((Decimal(str(base)) + Decimal(str(own))) * 1000)


def _set_apart(record: tuple[msgspec.Raw, Invalid], index: int, base: Base, found: Resolved) -> None:
    """Notes the fault of a record that could not be decoded; keeps its good base fields, marks its bad ones."""
    raw, error = record
    found.faults.append(Fault(index, error.field or "", error.said))
    try:
        labels = _decode_labels(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return  # no object at all, so it had no base fields
    for label in BASES:
        if label in labels:
            _rebase_alone(label, labels[label], index, base)


def _rebase_alone(label: str, raw: msgspec.Raw, index: int, base: Base) -> None:
    try:
        rebase(_decode_record(b'{"%s":%s}' % (label.encode(), bytes(raw))), base)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        base.broken[label] = index
