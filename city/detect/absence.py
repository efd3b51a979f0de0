"""Silences of sensors as signals: begun by ticks or a recording's gap, ended by a reading, undone by a late one."""

from collections.abc import Iterable

import msgspec
import numpy as np

from city.detect import windows
from city.detect.actives import Actives
from city.detect.book import Holding, Move
from city.detect.silence import UNWATCHED, Silence
from city.detect.store import NEVER, Column, Rows
from city.enrich import Catalogue
from schemas.domains import Condition
from schemas.readings import Tick
from schemas.signals import Signal


class Absence:
    """The watch over all sensors of an input partition."""

    def __init__(self, catalogue: Catalogue, silence: Silence, actives: Actives) -> None:
        self._catalogue, self._silence, self._actives = catalogue, silence, actives
        self._lateness_ms = int(catalogue.longest_lateness_s * 1000)
        conditions = [one for domain in catalogue.domains.values() for one in domain.judging]
        self.kinds = frozenset(one.kind for one in conditions if one.absent_for is not None)
        """Kinds of the signals of silences."""

    def tick(self, tick: Tick) -> list[Signal]:
        """The sensors that are silent from now on."""
        return _told(self._fell_silent(row) for row in self._silence.tick(tick))

    def seen(self, sensors: Rows, times: Column, slow: bool) -> list[Signal]:
        """Readings, one per sensor row, end silences and reveal some; late ones of slow sensors may undo them."""
        returned, revealed = self._silence.seen(sensors, times)
        fills = self._fills(sensors, times, returned) if slow else {}
        signals = [self._fell_silent(int(sensors[at])) for at in revealed]
        self._silence.note(sensors, times)
        if not (len(revealed) or len(returned) or fills):
            return []
        for at in np.concatenate([revealed, returned]):
            if int(at) not in fills:
                signals.append(self._spoke(int(sensors[at]), int(times[at])))
        for at, first_ms in fills.items():
            signals += self._filled(int(sensors[at]), int(times[at]), first_ms)
        return _told(signals)

    def _fills(self, sensors: Rows, times: Column, returned: Rows) -> dict[int, int]:
        """Late readings, and those before the silence that they end was begun: position → when first seen till now."""
        before = self._silence.store.columns["seen_ms"][sensors]
        back = times < before
        late = np.flatnonzero(back & (times >= before - self._lateness_ms)) if np.count_nonzero(back) else ()
        if not (len(returned) or len(late)):
            self._silence.begin(sensors, times)
            return {}
        early = [at for at in returned if times[at] <= self._silence.raised_ms(int(sensors[at]))]
        early = [at for at in early if self._kept(int(sensors[at]))]
        first_ms = self._silence.begin(sensors, times)
        return {int(at): int(first_ms[at]) for at in [*early, *late]}

    def settle(self, row: int, before_ms: int) -> None:
        """What was found up to a time can no longer be changed."""
        condition = self._silence.condition(row)
        if condition is not None:
            self._actives.settle(self._key(row, condition), frozenset({condition.id}), before_ms)

    def _key(self, row: int, condition: Condition) -> tuple[str, str]:
        return self._silence.store.names[row], condition.kind

    def _fell_silent(self, row: int) -> Signal | None:
        condition = self._silence.condition(row)
        return self._take(condition, self._begin(row, condition, self._silence.raised_ms(row))) if condition else None

    def _spoke(self, row: int, at_ms: int) -> Signal | None:
        condition = self._silence.condition(row)
        return self._take(condition, self._end(row, condition, at_ms)) if condition else None

    def _take(self, condition: Condition, move: Move) -> Signal | None:
        quantity = self._catalogue.quantities[condition.quantity]
        return self._actives.take(move, keep=quantity.period_s > windows.SLOW_S)

    def _begin(self, row: int, condition: Condition, at_ms: int) -> Move:
        holding = Holding(condition.id, condition.severity, limit=condition.absent_for, unit="s", test=condition.test)
        words = {"domain": self._catalogue.domain_of(condition.quantity)}
        return Move(*self._key(row, condition), condition.id, at_ms, at_ms, holding, words)

    def _end(self, row: int, condition: Condition, at_ms: int) -> Move:
        return Move(*self._key(row, condition), condition.id, at_ms, at_ms)

    def _kept(self, row: int) -> list[Move]:
        """Begins and ends of a sensor's silences that a late reading may change."""
        condition = self._silence.condition(row)
        past = self._actives.pasts.get(self._key(row, condition)) if condition else None
        return [move for move in past.moves if condition and move.condition == condition.id] if past else []

    def _filled(self, row: int, at_ms: int, first_ms: int) -> list[Signal]:
        """A reading lies where a silence was told, or before the first one of a recording."""
        condition, kept = self._silence.condition(row), self._kept(row)
        if condition is None:
            return []
        absent_ms = int((condition.absent_for or 0) * 1000)
        moves: list[Move] = []
        if self._silence.recorded and absent_ms < first_ms - at_ms < UNWATCHED - at_ms:
            moves = [self._begin(row, condition, at_ms + absent_ms), self._end(row, condition, first_ms)]
        moves += _split(kept, at_ms, absent_ms)
        if moves == kept:
            return []
        return self._actives.revise(self._key(row, condition), frozenset({condition.id}), NEVER, moves)


def _told(signals: Iterable[Signal | None]) -> list[Signal]:
    return [signal for signal in signals if signal]


def _split(moves: list[Move], at_ms: int, absent_ms: int) -> list[Move]:
    """The begins and ends of silences with a reading more, in the gap of one of them or of none."""
    found: list[Move] = []
    begin: Move | None = None
    for move in moves:
        if begin is not None:
            found += _around(begin, move, at_ms, absent_ms)
        elif move.holding is None:
            found.append(move)
        begin = move if move.holding is not None else None
    return found + (_around(begin, None, at_ms, absent_ms) if begin else [])


def _around(begin: Move, end: Move | None, at_ms: int, absent_ms: int) -> list[Move]:
    """What a reading leaves of a silence: nothing changed, one or both sides of it, or none."""
    whole = [begin] + ([end] if end else [])
    if not begin.at_ms - absent_ms < at_ms or (end and at_ms >= end.at_ms):
        return whole
    if end is None:
        return []
    left = [begin, _moved(end, at_ms)] if at_ms > begin.at_ms else []
    return left + ([_moved(begin, at_ms + absent_ms), end] if end.at_ms - at_ms > absent_ms else [])


def _moved(move: Move, at_ms: int) -> Move:
    return msgspec.structs.replace(move, at_ms=at_ms, found_ms=at_ms, final=False)
