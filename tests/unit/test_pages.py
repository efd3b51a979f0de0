"""Pages on a changelog: what is restored is the last whole flush, whoever writes late and whatever Kafka compacts."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.pages import META, NOTHING, PageReader, PageWriter, Record, Restored, Stamp

TOPIC, PARTITION = "city.readings.river.v1", 2
NAMES = ("clock", "active", "series/stage_m/3")


class Log:
    """A partition of a compacted topic."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.generation = 0

    def restored(self) -> Restored:
        reader = PageReader()
        reader.take(PARTITION, self.records)
        return reader.restored(TOPIC, PARTITION)

    def compact(self, end: int) -> None:
        """As Kafka does: of each key the last record before `end` stays, tombstones go, the rest is not looked at."""
        old, new = self.records[:end], self.records[end:]
        last = {record.key: at for at, record in enumerate(old)}
        kept = [record for at, record in enumerate(old) if last[record.key] == at and record.value is not None]
        self.records = kept + new


class Owner:
    """Writes flushes as a flow does, and remembers what it has written whole."""

    def __init__(self, log: Log) -> None:
        found = log.restored()
        log.generation += 1
        self.log, self.writer = log, PageWriter(TOPIC, found, log.generation)
        self.offset, self.pages, self.whole = found.stamp.offset, dict(found.pages), False

    def flush(self, dirty: Mapping[str, bytes], torn_after: int | None = None) -> None:
        self.offset += 1
        records = self.writer.flush(self.offset, dirty)
        if torn_after is not None and torn_after < len(records):
            self.log.records += records[:torn_after]
            return
        self.log.records += records
        self.pages = {name: body for name, body in {**self.pages, **dirty}.items() if body}
        self.whole = True


PAGES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([b"", b"a", b"b", b"c"]))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("flush"), PAGES),
        st.tuples(st.just("torn"), PAGES, st.integers(0, 9)),
        st.tuples(st.just("take over")),
        st.tuples(st.just("late"), PAGES, st.integers(0, 9)),
        st.tuples(st.just("compact"), st.floats(0, 1)),
    ),
    max_size=40,
)


@given(STEPS)
def test_the_last_whole_flush_is_restored_whatever_dies_writes_late_or_is_compacted(
    steps: list[tuple[Any, ...]],
) -> None:
    log = Log()
    owner, before = Owner(log), None
    for step, *chosen in steps:
        if step == "flush":
            owner.flush(*chosen)
        elif step in ("torn", "take over"):
            if chosen:
                owner.flush(*chosen)
            owner, before = Owner(log), owner
        elif step == "late" and before is not None and owner.whole:
            before.flush(*chosen)
        elif step == "compact":
            log.compact(round(chosen[0] * len(log.records)))
        assert log.restored().pages == owner.pages
        assert log.restored().stamp.offset == owner.offset or not owner.whole


def test_what_was_taken_over_leaves_nothing_behind() -> None:
    log = Log()
    first = Owner(log)
    first.flush({"clock": b"1", "active": b"x"})
    first.flush({"clock": b"2", "active": b""})
    second = Owner(log)
    for number in range(4):
        second.flush({"clock": str(number).encode()})
    log.compact(len(log.records))
    keys = sorted(record.key.decode().split("|", 1)[1] for record in log.records)
    epoch = second.writer.epoch
    assert keys == [f"clock|{epoch}|0", f"clock|{epoch}|1", f"{META}|{epoch}"]
    assert log.restored().pages == {"clock": b"3"}


def test_of_a_flush_cut_short_the_pages_before_are_there_after_compaction() -> None:
    log = Log()
    owner = Owner(log)
    owner.flush({"clock": b"1", "active": b"x"})
    owner.flush({"clock": b"2"})
    owner.flush({"clock": b"3", "active": b"y"}, torn_after=2)
    log.compact(len(log.records))
    assert log.restored().pages == {"clock": b"2", "active": b"x"}


def test_an_epoch_in_which_only_pages_were_written_is_not_used_again() -> None:
    log = Log()
    Owner(log).flush({"clock": b"1"}, torn_after=1)
    assert log.restored().stamp == NOTHING.stamp
    assert Owner(log).writer.epoch > 1


def test_records_of_a_version_before_keys_had_epochs_are_restored_and_taken_away() -> None:
    log, owner = Log(), PageWriter(TOPIC, NOTHING, 1)
    log.records = [
        Record(b"|".join(record.key.split(b"|")[:2]), record.value) for record in owner.flush(7, {"clock": b"1"})
    ]
    assert log.restored().pages == {"clock": b"1"} and log.restored().stamp == Stamp(1, 7)
    after = Owner(log)
    after.flush({"active": b"x"})
    after.flush({})
    log.compact(len(log.records))
    assert log.restored().pages == {"clock": b"1", "active": b"x"}
    assert all(record.key.count(b"|") > 1 for record in log.records)
