"""The state of a detector as pages of bytes, and back; only changed pages are written (DESIGN D2)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from city.detect.actives import past_page
from city.detect.book import Active
from city.detect.past import Past
from city.detect.store import page_names
from city.detect.told import Key, Turn, page_of

if TYPE_CHECKING:
    from city.detect.detector import Detector

FORMAT = 2
"""First byte of every page."""
READ = (1, 2)
"""Formats that are read; pages of another one are passed over. 1 had no checkpoints and no pasts."""
HEAD = bytes([FORMAT])


class Clock(msgspec.Struct):
    """Page `clock`: the small numbers."""

    clock_ms: int
    tick_ms: int
    recorded: bool
    ignored: int
    counts: dict[str, int]
    revisions: dict[str, int] = {}
    """Revisions of the reference data that the state was judged by."""


class ActivePage(msgspec.Struct):
    """Page `active`: all active signals, and when reports clear."""

    entries: list[Active]
    reports: dict[str, int]


_clock = msgspec.msgpack.Decoder(Clock).decode
_active = msgspec.msgpack.Decoder(ActivePage).decode


class PastEntry(msgspec.Struct):
    """One entry of a page `past`."""

    asset: str
    kind: str
    past: Past


_past = msgspec.msgpack.Decoder(list[PastEntry]).decode
_told = msgspec.msgpack.Decoder(list[tuple[Key, list[Turn]]]).decode
_seen = msgspec.msgpack.Decoder(list[str]).decode


def capture(detector: "Detector", whole: bool) -> dict[str, bytes]:
    """All pages, or those that changed since the last call; an empty page is one that is no longer."""
    silence, outside, actives = detector.silence, detector.outside, detector.actives
    if whole:
        _mark_all(detector)
    found: dict[str, bytes] = {"clock": _page(_clock_of(detector))}
    if actives.dirty:
        found["active"] = _page(ActivePage(list(actives.by_asset.values()), outside.reports))
        actives.dirty = False
    found |= _pasts(detector)
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
    found |= {f"hours/{number}": HEAD + body for number, body in detector.indices.store.take_dirty().items()}
    stale, detector.stale = detector.stale, frozenset()
    return dict.fromkeys(stale, b"") | found


def _pasts(detector: "Detector") -> dict[str, bytes]:
    actives = detector.actives
    pages: dict[int, list[PastEntry]] = {number: [] for number in sorted(actives.dirty_pasts)}
    actives.dirty_pasts.clear()
    if pages:
        for key in sorted(actives.pasts):
            if (page := pages.get(past_page(key))) is not None:
                page.append(PastEntry(*key, actives.pasts[key]))
    return {f"past/{number}": _page(entries) if entries else b"" for number, entries in pages.items()}


def _clock_of(detector: "Detector") -> Clock:
    silence = detector.silence
    counts = dict(detector.counts)
    revisions = dict(detector.catalogue.revisions)
    return Clock(silence.clock_ms, silence.tick_ms, silence.recorded, detector.outside.ignored, counts, revisions)


def _page(body: Any) -> bytes:
    return HEAD + msgspec.msgpack.encode(body)


def _mark_all(detector: "Detector") -> None:
    detector.actives.dirty = True
    detector.actives.dirty_pasts |= {past_page(key) for key in detector.actives.pasts}
    detector.outside.dirty_hours |= set(detector.outside.seen)
    detector.outside.told.dirty |= {page_of(key) for key in detector.outside.told.turns}
    for store in [
        detector.silence.store,
        detector.indices.store,
        *(series.store for series in detector.series.values()),
    ]:
        store.dirty[: -(-len(store.names) // store.chunk)] = True


def restore(detector: "Detector", pages: Mapping[str, bytes]) -> None:
    """Take the state of `pages`; those of a format that is not read are passed over, their state begins anew.

    State of an older format or other reference data is written anew as a whole, and late readings of before then are
    no longer judged: nobody knows by what.
    """
    bodies = {key: page for key, page in sorted(pages.items(), key=_page_order) if page[0] in READ}
    same = _restore_bodies(detector, {key: page[1:] for key, page in bodies.items()})
    if same and all(page[:1] == HEAD for page in pages.values()):
        capture(detector, whole=False)
        return
    for series in detector.series.values():
        if series.checkpoints is not None:
            series.checkpoints.reset(series.store)
    _mark_all(detector)
    detector.stale = frozenset(pages)


def _restore_bodies(detector: "Detector", bodies: Mapping[str, bytes]) -> bool:
    """Take the pages in; whether they were judged by the reference data that is in force."""
    clock = Clock(0, -1, False, 0, {}, dict(detector.catalogue.revisions))
    for key, body in bodies.items():
        name, _, number = key.partition("/")
        if name == "clock":
            clock = _clock(body)
            _restore_clock(detector, clock)
        elif name == "sensors":
            detector.silence.restore(body)
        elif name == "hours":
            detector.indices.store.restore(body)
        elif name == "series":
            _restore_series(detector, number.rpartition("/")[0], body)
        else:
            _restore_told(detector, name, number, body)
    return clock.revisions == detector.catalogue.revisions


def _restore_told(detector: "Detector", name: str, number: str, body: bytes) -> None:
    if name == "active":
        _restore_active(detector, _active(body))
    elif name == "past":
        for entry in _past(body):
            detector.actives.put_past((entry.asset, entry.kind), entry.past)
    elif name == "told":
        detector.outside.told.turns |= dict(_told(body))
    elif name == "seen":
        detector.outside.seen[int(number)] = set(_seen(body))


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
        detector.actives.by_asset[entry.signal.asset, entry.signal.kind] = entry
    detector.outside.reports = dict(page.reports)


def _restore_series(detector: "Detector", quantity: str, body: bytes) -> None:
    """Rows are placed as new readings would place them, then filled."""
    for sensor in page_names(body):
        detector.place(f"{sensor}/{quantity}")
    detector.series[quantity].store.restore(body)
