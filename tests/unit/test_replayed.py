"""What of a recording travels in one request."""

import msgspec

from services.cli.recordings import Recorded
from services.cli.replay import MANY, MOST_BYTES, batches
from tests.unit.correlate.town import at


def _event(seconds: float, size: int) -> Recorded:
    return Recorded(at(seconds), {"id": str(seconds), "type": "signal.raised", "data": {"note": "x" * size}})


def test_no_request_is_larger_than_what_ingest_likes_to_take() -> None:
    events = [_event(number, 200_000) for number in range(7)]
    found = list(batches(iter(events), 60))
    assert [one for batch in found for one in batch] == events
    assert all(sum(len(msgspec.json.encode(one.event)) for one in batch) <= MOST_BYTES for batch in found)
    assert len(found) == 4


def test_a_request_spans_no_more_than_its_time_and_has_no_more_than_many() -> None:
    assert [len(batch) for batch in batches((_event(number, 1) for number in range(5)), 1)] == [2, 2, 1]
    assert [len(batch) for batch in batches((_event(0, 1) for _ in range(MANY + 1)), 1)] == [MANY, 1]
