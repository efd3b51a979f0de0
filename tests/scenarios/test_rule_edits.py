"""A rule is edited while its incident is open: the story keeps its rules, the next one has the new, a dry run tells."""

import pytest

from tests.scenarios.pure import PureWorld
from tests.scenarios.worlds import cleared, raised

RULE = "outage_darkens"


@pytest.mark.only_in("pure", because="an edit is in force in the whole center, which the scenarios share")
def test_an_open_incident_keeps_the_version_that_it_began_under_and_the_next_has_the_edited_one(
    city: PureWorld,
) -> None:
    city.at(0).feed(raised("power.outage", "f1"), raised("traffic.signal_dark", "tl1"))
    outage = city.expect("power.outage", asset="f1", by=5)
    (told,) = city.dry_run(RULE, enabled=False)
    assert (told.what, [one.rule for one in told.reasons]) == ("splits", [RULE])
    city.at(30).edit_rule(RULE, enabled=False)
    city.at(60).feed(raised("traffic.signal_dark", "tl2"))
    (still,) = city.expect_incidents(1, by=65)
    links = city.links(still)
    assert (still.id, still.signal_count) == (outage.id, 3), "a story keeps its rules"
    assert {links["traffic.signal_dark", lamp].rule_version for lamp in ("tl1", "tl2")} == {1}
    city.at(100).feed(raised("power.outage", "f2"), raised("traffic.signal_dark", "tl5"))
    city.expect_incidents(3, by=105)
    city.at(150).feed(cleared("power.outage", "f2"), cleared("traffic.signal_dark", "tl5"))
    city.at(200).edit_rule(RULE, enabled=True)
    city.at(4000).feed(raised("power.outage", "f2"), raised("traffic.signal_dark", "tl6"))
    again = city.expect("power.outage", asset="f2", by=4005)
    assert city.links(again)["traffic.signal_dark", "tl6"].rule_version == 3
    city.expect_incidents(4, by=4006)
