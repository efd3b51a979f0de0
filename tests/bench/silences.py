"""What 10,000 silences in force cost: a signal alone, and a storm of 11,600 signals through the incidents' steps."""

from time import perf_counter, process_time
from typing import Any

from city.incidents import Moment, Outcome, State, suppress, update
from city.suppression import Standing
from schemas.signals import Signal
from schemas.suppression import SILENCE, Match, Window
from tests.truth import START, at, group, signal
from tests.unit.incidents.book import words

SILENCES, SIGNALS, BATCH = 10_000, 11_600, 100
WORDS = words()


def match(number: int) -> Match:
    """Of five kinds of silence one each: an asset, a zone with a glob, a place, an agency, a severity of one kind."""
    place = {"type": "Point", "coordinates": [106.0 + number % 100 / 100, 10.5 + number // 100 / 100]}
    return (
        Match(asset=(f"asset-{number}",)),
        Match(zone=(f"zone-{number}",), kind=("traffic.*",)),
        Match(geometry=place, kind=("road.*",)),
        Match(agency=(f"ward-{number}",)),
        Match(kind=(f"kind-{number}.*",), severity=("warning",), zone=(f"zone-{number}",)),
    )[number % 5]


def silences() -> list[Window]:
    """10,000 of them, of which the storm meets few."""
    return [
        Window(
            id=f"sil-{number}",
            kind=SILENCE,
            starts_at=at(0),
            ends_at=at(3600),
            matches=(match(number),),
            effects=("*",),
            owner="bench",
            reason="bench",
        )
        for number in range(SILENCES)
    ]


def storm() -> list[Signal]:
    """Signals of many assets, each an incident of its own."""
    return [
        signal(f"lamp-{n}", n / 200, "traffic.signal_dark", zone=f"zone-{n % 30}", position=(106.5 + n / 1e5, 11.0))
        for n in range(SIGNALS)
    ]


def through(standing: Standing) -> float:
    """CPU seconds for the storm in batches of 100."""
    began = process_time()
    found = storm()
    for start in range(0, SIGNALS, BATCH):
        told = [group(one) for one in found[start : start + BATCH]]
        made = update(State(), told, Moment(START), WORDS)
        after = State().after(made)
        suppress(after, made, after.whole, standing, Moment(START))
    return process_time() - began


def one_large(standing: Standing) -> float:
    """Milliseconds to judge one incident of 11,600 members again, as the next batch does."""
    found = storm()
    root = signal("substation", 0)
    made = update(State(), [group(root), *(group(one, cause=root) for one in found)], Moment(START), WORDS)
    after = State().after(made)
    suppress(after, Outcome(), after.whole, standing, Moment(START))
    began = perf_counter()
    suppress(after, Outcome(), after.whole, standing, Moment(START))
    return (perf_counter() - began) * 1000


def run() -> dict[str, Any]:
    """`times` is the storm with 10,000 silences over the storm with none; the aim is below 2."""
    none, began = Standing(WORDS), perf_counter()
    many = Standing(WORDS, silences())
    built_s = perf_counter() - began
    through(none)
    without, with_all = min(through(none) for _ in range(3)), min(through(many) for _ in range(3))
    fresh, forgetful = storm(), Standing(WORDS, silences())
    began = perf_counter()
    for one in fresh:
        forgetful.covering(one)
    each = (perf_counter() - began) / len(fresh) * 1e6
    return {
        "silences": SILENCES,
        "build_s": round(built_s, 2),
        "storm_without_s": round(without, 2),
        "storm_with_s": round(with_all, 2),
        "times": round(with_all / without, 2),
        "signal_us": round(each, 1),
        "incident_of_11600_without_ms": round(one_large(none), 1),
        "incident_of_11600_with_ms": round(one_large(many), 1),
    }


if __name__ == "__main__":
    print(run())
