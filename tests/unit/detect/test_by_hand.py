"""What a person of the center was told is a report with its author; a citizen's name stays with the citizen."""

import pytest

from city.detect import Detector
from schemas.events import Event
from tests.unit.detect.world import at, catalogue


@pytest.mark.parametrize(("source", "author", "agency"), [("/center/people", "lan", "water"), ("/feed", None, None)])
def test_only_a_report_by_hand_names_its_author_and_whose_he_is(
    source: str, author: str | None, agency: str | None
) -> None:
    told = {"category": "crash", "lon": 106.6, "lat": 11.0, "text": "hai xe tải"}
    data = told | {"reporter": "lan", "agency": "water"}
    event = Event("report.created", "reports", "z1", source, "1", at(0), at(0), data)
    (signal,) = Detector(catalogue()).event(event)
    assert (signal.kind, signal.origin, signal.evidence.get("author")) == ("report.crash", source, author)
    assert signal.agency == agency
