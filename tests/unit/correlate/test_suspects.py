"""A cause that never reports is suspected from its effects."""

from tests.unit.correlate.town import correlator, signal, told


def test_three_dark_signals_under_one_feeder_point_at_it() -> None:
    found = told([signal("traffic.signal_dark", f"tl{n}", n) for n in (1, 2, 3)])
    assert {item.suspected_asset for item in found.values()} == {"f1"}
    assert len(found) == 3


def test_dark_signals_under_both_feeders_point_at_the_substation() -> None:
    found = told([signal("traffic.signal_dark", f"tl{n}", n) for n in range(1, 7)])
    assert {item.suspected_asset for item in found.values()} == {"sub"}


def test_two_dark_signals_or_three_hours_apart_suspect_nobody() -> None:
    few = told([signal("traffic.signal_dark", f"tl{n}", n) for n in (1, 2)])
    slow = told([signal("traffic.signal_dark", f"tl{n}", n * 7200) for n in (1, 2, 3)])
    assert {item.suspected_asset for item in [*few.values(), *slow.values()]} == {None}


def test_the_real_cause_takes_the_place_of_the_suspect() -> None:
    made = correlator()
    for number in (1, 2, 3):
        made.signal(signal("traffic.signal_dark", f"tl{number}", number), number)
    assert len(made.settle(4)) == 3
    cause = signal("power.outage", "f1", 0)
    made.signal(cause, 5)
    made.settle(6)
    effects = [item for item in made.explanations().values() if item.group != cause.id]
    assert {(item.parent_group, item.suspected_asset) for item in effects} == {(cause.id, None)}


def test_an_asset_that_has_a_signal_of_its_own_is_not_suspected() -> None:
    found = told(
        [signal("power.outage", "f1", -5000), *[signal("traffic.signal_dark", f"tl{n}", n) for n in (1, 2, 3)]]
    )
    assert "f1" not in {item.suspected_asset for item in found.values()}
