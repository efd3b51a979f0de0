"""The same events, arriving otherwise: shuffled, repeated, or with one topic late."""

import random
from collections.abc import Iterator, Sequence

from tests.scenarios.worlds import Fed

SHUFFLED_S = 60.0
"""Longest delay of a shuffled event; far below every city's lateness bound."""
TOPIC_S = 307.0
"""Delay of a whole topic: in seconds of its own, not in those in which scenarios send something else."""


def orders(script: Sequence[Fed]) -> Iterator[tuple[str, list[Fed]]]:
    """Other orders of arrival, each with a name for failures."""
    for seed in (1, 2, 3):
        yield f"shuffled with seed {seed}", shuffled(script, seed)
    for topic in sorted({_topic(fed) for fed in script}):
        yield (
            f"{topic} {TOPIC_S:.0f} s late",
            _sorted(Fed(fed.at + (TOPIC_S if _topic(fed) == topic else 0), fed.event) for fed in script),
        )


def shuffled(script: Sequence[Fed], seed: int) -> list[Fed]:
    """Each event up to SHUFFLED_S late, some twice; the readings of one sensor keep their order, as on any line."""
    draw = random.Random(seed)
    delays: dict[str, float] = {}
    found = []
    for number, fed in enumerate(script):
        line = fed.event["data"][0]["n"] if fed.event["type"] == "city.readings" else str(number)
        delay = delays.setdefault(line, draw.uniform(0, SHUFFLED_S))
        found += [Fed(fed.at + delay + again, fed.event) for again in (0.0, SHUFFLED_S)[: draw.choice((1, 1, 2))]]
    return _sorted(found)


def _topic(fed: Fed) -> str:
    """Readings or events of a domain, roughly; what begins and what ends comes the same way."""
    data = fed.event["data"]
    if isinstance(data, str):
        return "events warning"
    named = data[0]["n"].rpartition("/")[2] if isinstance(data, list) else data.get("kind") or data.get("category")
    what = "readings" if isinstance(data, list) else "events"
    return f"{what} {str(named).partition('.')[0]}"


def _sorted(found: Iterator[Fed] | list[Fed]) -> list[Fed]:
    return sorted(found, key=lambda fed: fed.at)
