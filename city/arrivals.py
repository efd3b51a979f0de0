"""Recorded CloudEvents in order of arrival, with the ticks that ingest would have written among them (DESIGN D11)."""

import msgspec

from city.backtest import Backtest
from city.detect import Record
from city.enrich import Catalogue
from city.graph import Graph
from city.judge import Accepted, Judge
from city.packing import Segment
from city.watermark import Watermark
from schemas.errors import Invalid
from schemas.readings import Tick
from schemas.rules import Rule
from schemas.senml import Fault

SECOND_MS = 1000
GATHER_MS = 5 * SECOND_MS
"""Readings alone are judged so far together: a longer time between two ticks would count for no absence when live."""
GAP_TICKS = 60
"""A pause of the recording has at most so many ticks: what is due in it comes before what follows."""
WAITING = 1_000
"""So many packs and ticks are judged together."""
EVENTS = "events"
FIRST_MS = 2**28 * SECOND_MS
"""SenML takes smaller times as relative to now (RFC 8428 §4.5.3), and a recording has no now but its own."""


class Arrivals:
    """Folds recorded events; `end()` closes the recording, `lines()` of `backtest` are its incidents."""

    def __init__(self, catalogue: Catalogue, graph: Graph, rules: list[Rule], pack_limit: int) -> None:
        """The clock is the watermark, whatever the city's is when it runs live."""
        city = msgspec.structs.replace(catalogue.city, clock=EVENTS)
        recorded = msgspec.structs.replace(catalogue, city=city)
        self.backtest = Backtest(recorded, graph, rules)
        self._judge = Judge(recorded, pack_limit, zoned=False)
        self._watermark = Watermark()
        self._segment = Segment()
        self._waiting: list[Record] = []
        """Packs and ticks that are not judged yet."""
        self._ticked_ms: int | None = None
        """The last tick; None when one is due at the next second, since an event came."""

    def take(self, body: bytes) -> list[Fault]:
        """Takes the next event; the records of it that could not be taken. Raises Invalid if none could."""
        accepted = self._judge.recorded(body, self._watermark.now_ms or 0)
        if accepted.mark_ms < FIRST_MS:
            raise Invalid("a recorded event needs recordedtime or time", field="time")
        self._tick(accepted)
        if accepted.record is not None:
            self._flush()
            self._catch_up()
            self.backtest.event(accepted.record)
            self._ticked_ms = None
        else:
            self._segment.add(accepted)
        return accepted.faults

    def end(self) -> None:
        """No more events come: what time the recording ended."""
        self._flush()
        self._catch_up()
        if self._watermark.now_ms is not None:
            self.backtest.tick(self._watermark.now_ms)

    def _tick(self, accepted: Accepted) -> None:
        """A second that the watermark leaves is closed by a tick, a pause by several."""
        before = self._watermark.now_ms
        after = self._watermark.advance(accepted.source, accepted.mark_ms)
        if before is None or before // SECOND_MS == after // SECOND_MS:
            return
        if self._ticked_ms is not None and after - self._ticked_ms <= GATHER_MS:
            return
        self._flush()
        step_ms = max(SECOND_MS, (after - before) // GAP_TICKS)
        self._waiting += [Tick(now_ms=now_ms, clock=EVENTS) for now_ms in range(before, after, step_ms)]
        self._ticked_ms = before
        if len(self._waiting) >= WAITING:
            self._catch_up()

    def _flush(self) -> None:
        segment, self._segment = self._segment, Segment()
        self._waiting += segment.packs()

    def _catch_up(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.backtest.stretch(waiting)
