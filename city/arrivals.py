"""Recorded CloudEvents in order of arrival, with the ticks that ingest would have written among them (DESIGN D11)."""

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from city.backtest import Detection, Found
from city.detect import FlatColumns, FlatPack, Record
from city.enrich import Catalogue
from city.judge import Judge
from city.normalise import Columns, Place
from city.packing import Gathering, Growing, Origin
from city.watermark import GOES_ON_MS, Watermark
from schemas.errors import Invalid
from schemas.events import Event
from schemas.readings import Tick
from schemas.senml import RELATIVE_BELOW_MS, Fault
from schemas.sentences import Sentence, say, told

SECOND_MS = 1000
GATHER_MS = 5 * SECOND_MS
"""Readings alone are judged so far together: a longer time between two ticks would count for no absence when live."""
GAP_TICKS = 60
"""A pause of the recording has at most so many ticks: what is due in it comes before what follows."""
AT_ONCE = 128
"""So many lines are judged at once."""
WAITING = 1_000
"""So many records are judged together; so many notes are told at once."""
HOUR_MS, FIRST_OF_HOUR_MS = 3600 * SECOND_MS, 75 * SECOND_MS
"""Stations' hours end with what comes first in the next one; what is judged with that is judged one by one."""
EVENTS = "events"


class Note(msgspec.Struct, gc=False):
    """What could not be taken of a line, and why."""

    line: int
    """From 1."""
    what: str
    what_vi: str


class Taken(msgspec.Struct, gc=False):
    """What was taken of a recording since the stretch before."""

    bytes: int = 0
    events: int = 0
    """Lines of which at least a part could be taken."""
    refused: int = 0
    notes: list[Note] = []


class Stretch(msgspec.Struct, gc=False):
    """Records in order."""

    records: list[Record]
    lines: list[int]
    """Of the events among them."""
    taken: Taken


class Detected(msgspec.Struct, gc=False):
    """What detection made of a stretch."""

    found: list[Found]
    taken: Taken


def as_recorded(catalogue: Catalogue) -> Catalogue:
    """The city as a recording of it is judged: its clock is the watermark, whatever it is when it runs live."""
    return msgspec.structs.replace(catalogue, city=msgspec.structs.replace(catalogue.city, clock=EVENTS))


class _FlatPacks(Growing[FlatColumns, Origin]):
    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.packs: list[tuple[list[FlatColumns], list[str]]] = []
        """Readings of each event, and its id."""

    def begin(self) -> None:
        self.packs.append(([], []))

    def put(self, columns: FlatColumns, origin: Origin) -> None:
        parts, ids = self.packs[-1]
        parts.append(columns)
        ids.append(origin.id)


class Arrivals:
    """Reads one recording."""

    def __init__(self, catalogue: Catalogue, pack_limit: int) -> None:
        """`catalogue` as recorded; `pack_limit`: most readings in one event."""
        self._judge = Judge(catalogue, pack_limit, zoned=False)
        self._watermark = Watermark(goes_on_ms=GOES_ON_MS)
        self._at_once = self._judge.at_once()
        self._readings = Gathering(_FlatPacks)
        self._waiting: list[Record] = []
        """Records that are in no stretch yet."""
        self._lines: list[int] = []
        self._ticked_ms: int | None = None
        """The last tick; None when one is due at the next second, since an event came."""
        self._part = 0, False
        self._bytes = self._events = 0
        self._taken = Taken()
        self._ready: list[Stretch] = []

    def stretches(self, lines: Iterable[bytes]) -> Iterator[Stretch]:
        """All of the recording; a line that cannot be taken is noted, and the rest goes on."""
        numbered = enumerate(lines, 1)
        while block := list(islice(numbered, AT_ONCE)):
            for (number, line), read in zip(block, self._at_once.read([line for _, line in block]), strict=True):
                self._bytes += len(line)
                if read is not None and read[1] >= RELATIVE_BELOW_MS:
                    self._put(*read)
                elif not line.isspace():
                    self._take(number, line)
                if self._ready:
                    yield from self._ready
                    self._ready.clear()
        self._flush()
        if self._watermark.now_ms is not None:
            self._waiting.append(Tick(now_ms=self._watermark.now_ms, clock=EVENTS))
        self._close()
        yield from self._ready

    def _take(self, number: int, line: bytes) -> None:
        try:
            accepted = self._judge.recorded(line, self._watermark.now_ms or 0)
            if accepted.mark_ms < RELATIVE_BELOW_MS:  # a recording has no now but its own
                raise Invalid(say("recorded_needs_time"), field="time")
        except Invalid as error:
            self._taken.refused += 1
            self._taken.notes.append(_note(number, error.whole))
            if len(self._taken.notes) >= WAITING:
                self._close()
            return
        if accepted.faults:
            self._taken.notes += [_left_out(number, fault) for fault in accepted.faults]
        readings = {place: _flat(columns) for place, columns in accepted.columns.items()}
        self._put(accepted, accepted.mark_ms, readings)
        if accepted.record is not None:
            self._flush()
            self._waiting.append(accepted.record)
            self._lines.append(number)
            self._ticked_ms = None
            if len(self._waiting) >= WAITING:
                self._close()

    def _put(self, event: Origin, mark_ms: int, readings: dict[Place, FlatColumns]) -> None:
        """The clock moves on, and the readings wait."""
        self._events += 1
        before, after = self._watermark.now_ms, self._watermark.advance(event.source, mark_ms)
        if before is not None and before < after:
            self._tick(before, after)
        self._readings.add(readings, event)

    def _tick(self, before: int, after: int) -> None:
        """A second that the watermark leaves is closed by a tick, a pause by several."""
        if before // SECOND_MS == after // SECOND_MS:
            return
        if self._ticked_ms is not None and after - self._ticked_ms <= GATHER_MS:
            return
        self._flush()
        step_ms = max(SECOND_MS, (after - before) // GAP_TICKS)
        self._waiting += [Tick(now_ms=now_ms, clock=EVENTS) for now_ms in range(before, after, step_ms)]
        self._watermark.tell()
        self._ticked_ms = before
        part_before, self._part = self._part, _part_of_hour(after)
        if len(self._waiting) >= WAITING or part_before != self._part:
            self._close()

    def _flush(self) -> None:
        readings, self._readings = self._readings, Gathering(_FlatPacks)
        for place, growing in readings.places.items():
            self._waiting += [FlatPack.joined(*place, columns, ids) for columns, ids in growing.packs]

    def _close(self) -> None:
        self._taken.bytes, self._taken.events = self._bytes, self._events
        self._ready.append(Stretch(self._waiting, self._lines, self._taken))
        self._waiting, self._lines, self._taken = [], [], Taken()
        self._bytes = self._events = 0


def detected(catalogue: Catalogue, stretches: Iterable[Stretch]) -> Iterator[Detected]:
    """What detection makes of each stretch; an event that it cannot take is noted as refused."""
    detection = Detection(catalogue)
    for stretch in stretches:
        found, taken, lines = list[Found](), stretch.taken, iter(stretch.lines)
        for record, one in zip(stretch.records, detection.stretch(stretch.records), strict=True):
            line = next(lines) if isinstance(record, Event) else 0
            if isinstance(one, Invalid):
                taken.events -= 1
                taken.refused += 1
                taken.notes.append(_note(line, one.whole))
            elif one.says:
                found.append(one)
        taken.notes.sort(key=lambda note: note.line)
        yield Detected(found, taken)


def _flat(columns: Columns) -> FlatColumns:
    return FlatColumns.of(columns.names, columns.times, columns.values, columns.states)


def _part_of_hour(now_ms: int) -> tuple[int, bool]:
    return now_ms // HOUR_MS, now_ms % HOUR_MS < FIRST_OF_HOUR_MS


def _left_out(line: int, fault: Fault) -> Note:
    said = say("record_left_out", record=fault.record, field=fault.field, detail=fault.detail)
    return _note(line, said)


def _note(line: int, said: Sentence) -> Note:
    """In both languages: another process tells it, to which a sentence comes as text."""
    return Note(line, str(said), str(told(said, "vi")))
