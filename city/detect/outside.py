"""Signals that other systems judged, citizens' reports, and warnings by CAP."""

from typing import TypeVar

import msgspec

from city.detect.actives import Actives
from city.detect.book import Holding, Move
from city.detect.told import Told, Turn
from city.detect.warned import asset_of, ended, warned, words_of
from city.enrich import Catalogue
from schemas.events import Event, Report, SignalEvent
from schemas.ids import digest, report_asset
from schemas.refusals import refusal
from schemas.signals import BY_HAND, Signal
from schemas.times import to_ms

T = TypeVar("T")
HOUR_MS = 3_600_000
REMEMBERED_H = 24
"""Hours of event time for which an event's source and id are remembered."""
REPORT_MS = 2 * HOUR_MS
"""A citizen's report counts as cleared this long after its time: nobody reports that it is over."""


WARNING = "warning"
"""Stands for the kind of a CAP message in what was told: who takes one back does not say its kind."""
EXPIRED = ""
"""Ends a message without an event."""


class Outside:
    """Events become signals; each (source, id) once."""

    def __init__(self, actives: Actives, catalogue: Catalogue) -> None:
        self._actives = actives
        self._catalogue = catalogue
        self.told = Told()
        self.seen: dict[int, set[str]] = {}
        """Hour of event time → digests of (source, id)."""
        self.dirty_hours: set[int] = set()
        self.reports: dict[str, int] = {}
        """Asset of a report or warning → when it clears, Unix milliseconds."""
        self.ignored = 0

    def event(self, event: Event) -> list[Signal]:
        """The signals of an event; none for a duplicate or a type that is no signal. Raises Invalid."""
        handlers = {
            "signal.raised": self._raised,
            "signal.cleared": self._cleared,
            "report.created": self._report,
            "cap.received": self._warning,
        }
        handler = handlers.get(event.type)
        if handler is None:
            return []
        signals = [] if self._known(event) else handler(event)
        self._remember(event)
        return signals

    def tick(self, now_ms: int, kept_ms: int) -> list[Signal]:
        """Reports whose time is over clear; what nothing late can change any more, `kept_ms` ago, is forgotten."""
        self.told.tick(now_ms, kept_ms)
        due = sorted(asset for asset, at in self.reports.items() if at <= now_ms)
        return [signal for asset in due for signal in self._over(asset, self.reports[asset], EXPIRED)]

    def _over(self, asset: str, at_ms: int, by: str) -> list[Signal]:
        """The report or warning of an asset ends, perhaps before it was heard of; `by` names the event.

        Who takes a message back by a clock that is behind still ends every copy of it.
        """
        self.reports.pop(asset, None)
        kind = next((kind for held, kind in self._actives.by_asset if held == asset), None)
        if kind is None:
            copies = [turn.at_ms + 1 for turn in self.told.turns.get((asset, WARNING), ()) if turn.signal]
            return self.told.take((asset, WARNING), Turn(max([at_ms, *copies]), by))
        signal = self._actives.end(asset, kind, at_ms)
        return [signal] if signal else []

    def _known(self, event: Event) -> bool:
        hour = to_ms(event.at) // HOUR_MS
        return digest(event.source, event.id) in self.seen.get(hour, ())

    def _remember(self, event: Event) -> None:
        hour = to_ms(event.at) // HOUR_MS
        self.seen.setdefault(hour, set()).add(digest(event.source, event.id))
        self.dirty_hours.add(hour)
        newest = max(self.seen)
        for old in [found for found in self.seen if found < newest - REMEMBERED_H]:
            del self.seen[old]
            self.dirty_hours.add(old)

    def _raised(self, event: Event) -> list[Signal]:
        data = _data(event, SignalEvent)
        at_ms, holding = to_ms(data.at or event.at), Holding(None, data.severity, data.value, data.limit)
        words = _origin(event, data.asset) | {"note": data.note}
        move = Move(data.asset, data.kind, "", at_ms, at_ms, holding, words)
        return self._turn(event, data, self._actives.made(move, holding))

    def _cleared(self, event: Event) -> list[Signal]:
        return self._turn(event, _data(event, SignalEvent), None)

    def _turn(self, event: Event, data: SignalEvent, signal: Signal | None) -> list[Signal]:
        turn = Turn(to_ms(data.at or event.at), digest(event.source, event.id), signal)
        found = self.told.take((data.asset, data.kind), turn)
        self.ignored += not found
        return found

    def _report(self, event: Event) -> list[Signal]:
        data = _data(event, Report)
        asset, at_ms = report_asset(event.source, event.id), to_ms(event.at)
        self.reports[asset] = at_ms + REPORT_MS
        words = _origin(event, asset) | {
            "position": (data.lon, data.lat),
            "zone": event.zone,
            "note": data.text,
            "category": data.category,
            "domain": "reports",
        }
        if event.source == BY_HAND:
            words |= {"evidence": {"asset": asset, "author": data.reporter}, "agency": data.agency}
        signal = self._actives.begin(asset, f"report.{data.category}", at_ms, Holding(None, "warning"), **words)
        return [] if signal is None else [signal]

    def _warning(self, event: Event) -> list[Signal]:
        """A message that updates or cancels ends what it refers to; one whose event is a kind of ours begins.

        What was taken back before it came begins and ends with it, or not at all if it is of a later time or known.
        """
        at_ms, data, by = to_ms(event.at), event.data, digest(event.source, event.id)
        found = [signal for asset in ended(data) for signal in self._over(asset, at_ms, by)]
        one = warned(data, self._catalogue, at_ms)
        if one is None:
            return found
        asset = asset_of(str(data["sender"]), str(data["identifier"]))
        turns = self.told.turns.get((asset, WARNING), ())
        if any(turn.at_ms <= at_ms for turn in turns):
            return found
        if all(turn.signal for turn in turns):
            self.reports[asset] = one.expires_ms
        words = _origin(event, asset) | {"note": one.note, "category": WARNING, "domain": event.domain}
        words["evidence"] = {"asset": asset, "identifier": data["identifier"], "zones": list(one.zones)} | one.times
        words |= dict(words_of(one, self._catalogue))
        holding = Holding(None, one.severity)
        signal = self._actives.made(Move(asset, one.kind, "", at_ms, at_ms, holding, words), holding)
        return found + self.told.take((asset, WARNING), Turn(at_ms, by, signal))


def _origin(event: Event, asset: str) -> dict[str, object]:
    return {"origin": event.source, "sources": (event.id,), "late": event.late, "evidence": {"asset": asset}}


def _data(event: Event, kind: type[T]) -> T:
    try:
        return msgspec.convert(event.data, kind)
    except msgspec.ValidationError as error:
        raise refusal(error, "data") from None
