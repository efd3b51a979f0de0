"""Which readings of a stretch of a recording are plain: neither ticks nor the order of judging change what they say."""

from typing import NamedTuple

import numpy as np

from city.detect.silence import Silence
from city.detect.store import Column, Rows


class Readings(NamedTuple):
    """Readings of several packs as columns of equal length, in order of arrival."""

    record: Rows
    """Index of the pack that each came in, among all records."""
    offset: Rows
    """Its place in that pack."""
    name: Rows
    """A number for each sensor and quantity."""
    sensor: Rows
    """Row of the sensor among all sensors."""
    times: Column
    values: Column

    def at(self, positions: Rows) -> "Readings":
        """Some of the readings, in their order."""
        return Readings(*(column[positions] for column in self))


def firsts(ordered: Column) -> Column:
    """Which of sorted keys are the first of equal ones."""
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return first


def ranks(keys: Column) -> Rows:
    """How many equal keys are before each."""
    order = np.argsort(keys, kind="stable")
    first = firsts(keys[order])
    found = np.empty(len(keys), dtype=np.intp)
    found[order] = np.arange(len(keys)) - np.flatnonzero(first)[np.cumsum(first) - 1]
    return found


def plain(readings: Readings, last_ms: Column, ticks_ms: Column, silence: Silence) -> Column:
    """Whether each reading is of a sensor whose readings are all news, on time, and never far from one another.

    `last_ms`: time of the last reading of each one's name before the stretch; `ticks_ms`: of each record, the last tick
    before it, and behind them the last of all; NEVER where there is none.
    """
    odd = np.zeros(len(silence.store.names), dtype=bool)
    odd[readings.sensor[_stale(readings, last_ms)]] = True
    odd[readings.sensor[_gaps(readings, ticks_ms, silence)]] = True
    found: Column = ~(odd | silence.store.columns["silent"][: len(odd)])[readings.sensor]
    return found


def _stale(readings: Readings, last_ms: Column) -> Column:
    """Readings that are not newer than the one before them of their name."""
    order = np.argsort(readings.name, kind="stable")
    times, first = readings.times[order], firsts(readings.name[order])
    before = np.where(first, last_ms[order], np.roll(times, 1))
    found = np.zeros(len(order), dtype=bool)
    found[order] = times <= before
    return found


def _gaps(readings: Readings, ticks_ms: Column, silence: Silence) -> Column:
    """Readings around which their sensor was, or could seem, silent, and those that go back in time."""
    order = np.argsort(readings.sensor, kind="stable")
    sensor, times, record = readings.sensor[order], readings.times[order], readings.record[order]
    first, last = firsts(sensor), np.roll(firsts(sensor), -1)
    before = np.where(first, silence.store.columns["seen_ms"][sensor], np.roll(times, 1))
    opening = first | firsts(record)
    since = before[np.maximum.accumulate(np.where(opening, np.arange(len(order)), 0))]
    absent = silence.absent_ms[sensor]
    odd = (before >= 0) & ((times < before) | (ticks_ms[record] - before >= absent))
    odd |= (since >= 0) & (times - since > absent)
    odd |= last & (ticks_ms[-1] - times >= absent)
    found = np.zeros(len(order), dtype=bool)
    found[order] = odd
    return found
