"""Which signals are one and the same thing."""

from tests.unit.correlate.town import report, signal, told


def _groups(signals: list) -> list[list[str]]:  # type: ignore[type-arg]
    return sorted(sorted(f"{one.kind}@{one.asset}" for one in item.signals) for item in told(signals).values())


def test_sensors_that_measure_one_asset_and_raise_one_kind_are_one_group() -> None:
    assert _groups([signal("traffic.slow", "loop1", 0, 50), signal("traffic.slow", "radar1", 100)]) == [
        ["traffic.slow@loop1", "traffic.slow@radar1"]
    ]
    apart = [signal("traffic.slow", "loop1", 0, 50), signal("traffic.slow", "radar1", 200)]
    assert len(_groups(apart)) == 2


def test_one_asset_and_kind_from_two_origins_is_one_group() -> None:
    ours, theirs = signal("power.outage", "f1", 0), signal("power.outage", "f1", 20, origin="/scada")
    assert len(_groups([ours, theirs])) == 1


def test_citizens_police_and_detector_tell_of_one_crash() -> None:
    story = [report("crash", "a", 0, 2, 1), signal("traffic.crash", "seg1", 60), report("crash", "b", 900, 3, 2)]
    assert len(_groups(story)) == 1


def test_a_report_between_two_crashes_joins_neither_and_keeps_both_as_candidates() -> None:
    story = [signal("traffic.crash", "seg1", 0), signal("traffic.crash", "seg3", 0), report("crash", "a", 60, 4, 1)]
    found = told(story)
    alone = next(item for item in found.values() if item.signals[0].kind == "report.crash")
    assert len(found) == 3
    assert [link.reason for link in alone.candidates] == ["tie", "tie"]


def test_two_crashes_near_one_report_never_become_one_silently() -> None:
    story = [report("crash", "a", 0, 4, 1), signal("traffic.crash", "seg1", 60), signal("traffic.crash", "seg3", 90)]
    assert all(sum(name.startswith("traffic.crash") for name in group) <= 1 for group in _groups(story))


def test_a_report_of_no_light_belongs_to_the_feeder_that_feeds_the_street() -> None:
    story = [signal("power.outage", "f1", 0), signal("power.outage", "sub", 0), report("outage", "a", 600, 2, 1)]
    found = told(story)
    feeder = next(item for item in found.values() if item.signals[0].asset == "f1")
    assert [one.kind for one in feeder.signals] == ["power.outage", "report.outage"]
    assert feeder.same[0].path[0] == "f1"
    far = told([signal("power.outage", "f1", 0), report("outage", "a", 600, 60, 60)])
    assert len(far) == 2


def test_a_withdrawn_signal_leaves_and_a_replaced_one_gives_way() -> None:
    first, second = signal("traffic.slow", "loop1", 0), signal("traffic.slow", "loop1", 30)
    assert told([first, signal("traffic.slow", "loop1", 0, withdrawn=True), first]) == {}
    moved = told([first, signal("traffic.slow", "loop1", 30, replaces=first.id)])
    assert list(moved) == [second.id]
