"""Signals as hypothesis draws them in the town of these tests."""

from hypothesis import strategies as st

from schemas.signals import Signal
from tests.unit.correlate.town import report, signal

SENSORS = [f"loop{n}" for n in range(1, 7)] + ["radar1", "radar2"]
PLACES = {
    "power.outage": ["sub", "f1", "f2"],
    "traffic.signal_dark": [f"tl{n}" for n in range(1, 7)],
    "traffic.slow": SENSORS,
    "traffic.stalled": [*SENSORS, "seg1", "seg2"],
    "traffic.crash": ["seg1", "seg2", "seg3"],
    "sensor.silent": SENSORS[:4],
    "water.pump_off": ["pump1"],
    "water.burst": ["main1"],
    "water.pressure_low": ["pp1"],
    "road.flooded": ["seg1", "seg2", "seg3", "far"],
    "weather.heavy_rain": ["gauge", "far"],
    "air.smoke": ["tl1", "tl3"],
    "air.unhealthy": ["gauge", "tl6"],
}
WORDS = ["Xe tải lật trước chợ", "xe tai lat gan cho", "Hai xe máy va chạm", "Nước phun giữa đường", "…"]
SPOTS = [(kind, place) for kind, places in PLACES.items() for place in places]


@st.composite
def _signals(draw: st.DrawFn) -> Signal:
    raised = draw(st.integers(0, 40)) * 30.0
    if draw(st.integers(0, 5)) == 0:
        category = draw(st.sampled_from(["crash", "flood", "outage", "smoke", "other", "other"]))
        x = draw(st.integers(0, 8)) * (30 if category == "other" else 1)
        text = draw(st.sampled_from([None, *WORDS]))
        return report(category, f"{category}-{x}-{raised}", raised, x, 1, note=text)
    kind, place = draw(st.sampled_from(SPOTS))
    lasting = draw(st.sampled_from([None, 60.0, 300.0, 3600.0]))
    return signal(kind, place, raised, None if lasting is None else raised + lasting)


def _unique(signals: list[Signal]) -> list[Signal]:
    return list({one.id: one for one in signals}.values())


STORIES = st.lists(_signals(), min_size=2, max_size=22).map(_unique)


@st.composite
def _rainy(draw: st.DrawFn) -> list[Signal]:
    """Rain and two floods, told of between the two: often a tie within one story."""
    minutes = st.integers(0, 30).map(lambda number: number * 60.0)
    found = [signal("weather.heavy_rain", "gauge", draw(minutes) - 1200)] if draw(st.booleans()) else []
    for place in ("seg1", "seg2"):
        start = draw(minutes)
        found.append(signal("road.flooded", place, start, start + draw(st.sampled_from([600.0, 7200.0]))))
    for number in range(draw(st.integers(1, 3))):
        x = draw(st.sampled_from([2.9, 3, 3.1, 3.5]))
        found.append(report("flood", f"flood-{number}", 900 + draw(minutes), x, 1))
    return draw(st.permutations(found))


RAINY = _rainy().map(_unique)
