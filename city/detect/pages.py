"""The state of a detector as pages of bytes, and back; only changed pages are written (DESIGN D2)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from city.detect.actives import Active, Holding
from city.detect.store import page_names
from city.detect.told import Key, Turn, page_of
from schemas.signals import Signal

if TYPE_CHECKING:
    from city.detect.detector import Detector

FORMAT = 1
"""First byte of every page; pages of another format are not read."""
HEAD = bytes([FORMAT])


class Clock(msgspec.Struct):
    """Page `clock`: the small numbers."""

    clock_ms: int
    tick_ms: int
    recorded: bool
    ignored: int
    counts: dict[str, int]


class ActiveEntry(msgspec.Struct):
    """One entry of page `active`."""

    signal: Signal
    holdings: dict[str, Holding]


class ActivePage(msgspec.Struct):
    """Page `active`: all active signals, and when reports clear."""

    entries: list[ActiveEntry]
    reports: dict[str, int]


_clock = msgspec.msgpack.Decoder(Clock).decode
_active = msgspec.msgpack.Decoder(ActivePage).decode
_told = msgspec.msgpack.Decoder(list[tuple[Key, list[Turn]]]).decode
_seen = msgspec.msgpack.Decoder(list[str]).decode


def capture(detector: "Detector", whole: bool) -> dict[str, bytes]:
    """All pages, or those that changed since the last call; an empty page is one that is no longer."""
    silence, outside, actives = detector.silence, detector.outside, detector.actives
    if whole:
        _mark_all(detector)
    found: dict[str, bytes] = {"clock": _page(_clock_of(detector))}
    if actives.dirty:
        entries = [ActiveEntry(active.signal, active.holdings) for active in actives.by_asset.values()]
        found["active"] = _page(ActivePage(entries, outside.reports))
        actives.dirty = False
    for hour in outside.dirty_hours:
        found[f"seen/{hour}"] = _page(sorted(outside.seen[hour])) if hour in outside.seen else b""
    outside.dirty_hours.clear()
    for number in outside.told.dirty:
        turns = outside.told.page(number)
        found[f"told/{number}"] = _page(turns) if turns else b""
    outside.told.dirty.clear()
    found |= {f"sensors/{number}": HEAD + body for number, body in silence.store.take_dirty().items()}
    for name, series in detector.series.items():
        found |= {f"series/{name}/{number}": HEAD + body for number, body in series.store.take_dirty().items()}
    return found


def _clock_of(detector: "Detector") -> Clock:
    silence = detector.silence
    counts = dict(detector.counts)
    return Clock(silence.clock_ms, silence.tick_ms, silence.recorded, detector.outside.ignored, counts)


def _page(body: Any) -> bytes:
    return HEAD + msgspec.msgpack.encode(body)


def _mark_all(detector: "Detector") -> None:
    detector.actives.dirty = True
    detector.outside.dirty_hours |= set(detector.outside.seen)
    detector.outside.told.dirty |= {page_of(key) for key in detector.outside.told.turns}
    for store in [detector.silence.store, *(series.store for series in detector.series.values())]:
        store.dirty[: -(-len(store.names) // store.chunk)] = True


def restore(detector: "Detector", pages: Mapping[str, bytes]) -> None:
    """Take the state of `pages`; those of another format are passed over, their state begins anew."""
    bodies = {key: page[1:] for key, page in sorted(pages.items(), key=_page_order) if page[:1] == HEAD}
    for key, body in bodies.items():
        name, _, number = key.partition("/")
        if name == "clock":
            _restore_clock(detector, _clock(body))
        elif name == "active":
            _restore_active(detector, _active(body))
        elif name == "told":
            detector.outside.told.turns |= dict(_told(body))
        elif name == "seen":
            detector.outside.seen[int(number)] = set(_seen(body))
        elif name == "sensors":
            detector.silence.restore(body)
        elif name == "series":
            _restore_series(detector, number.rpartition("/")[0], body)
    capture(detector, whole=False)


def _page_order(item: tuple[str, bytes]) -> tuple[str, int]:
    """Pages of one store in the order of their rows, sensors before series."""
    name, _, number = item[0].rpartition("/")
    return name, int(number) if number.isdigit() else 0


def _restore_clock(detector: "Detector", clock: Clock) -> None:
    detector.silence.clock_ms, detector.silence.tick_ms = clock.clock_ms, clock.tick_ms
    detector.silence.recorded = clock.recorded
    detector.outside.ignored = clock.ignored
    detector.counts |= clock.counts


def _restore_active(detector: "Detector", page: ActivePage) -> None:
    for entry in page.entries:
        key = entry.signal.asset, entry.signal.kind
        detector.actives.by_asset[key] = Active(entry.signal, entry.holdings)
    detector.outside.reports = dict(page.reports)


def _restore_series(detector: "Detector", quantity: str, body: bytes) -> None:
    """Rows are placed as new readings would place them, then filled."""
    for sensor in page_names(body):
        detector.place(f"{sensor}/{quantity}")
    detector.series[quantity].store.restore(body)
