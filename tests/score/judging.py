"""Folds a day as `soc backtest` does and compares its incidents with the truth."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from city.arrivals import Arrivals, as_recorded, detected
from city.backtest import Folding
from city.enrich import Catalogue
from city.graph import Graph
from infra.cities.folder import layered, read_city, shipped
from schemas.rules import Rule
from schemas.times import to_ms
from tests.score.days import Day
from tests.score.feed import Sent
from tests.score.figures import Tally, agreement
from tests.score.ground import Ground
from tests.score.story import Story

PACK_LIMIT = 50_000
NEVER_OPEN = {"sensor.stuck", "report.noise", "report.waste", "report.other"}
Line = dict[str, Any]


class Folded(msgspec.Struct, frozen=True):
    """What the center made of a day."""

    folding: Folding
    lines: list[Line]
    incident_of: dict[str, str]
    """Occurrence → incident; one of its own where it is in none."""


def fold(ground: Ground, events: list[Sent], occurrences: list[str]) -> Folded:
    """The incidents at the end of the day, found by the events that signals rest on."""
    folded = fold_rules(ground, events)
    found = {source: line["id"] for line in folded.lines for signal in line["signals"] for source in signal["sources"]}
    return msgspec.structs.replace(folded, incident_of={name: found.get(name, f"none {name}") for name in occurrences})


def fold_rules(ground: Ground, events: list[Sent], rules: list[Rule] | None = None) -> Folded:
    """The incidents at the end of the day by other rules than the city's, and of which no occurrence is known yet."""
    catalogue, graph, own = _model(ground)
    folding = Folding(catalogue, graph, own if rules is None else rules)
    stretches = Arrivals(catalogue, PACK_LIMIT).stretches(msgspec.json.encode(one.event) for one in events)
    for one in detected(catalogue, stretches):
        assert not one.taken.refused, one.taken.notes
        for found in one.found:
            folding.take(found)
    return Folded(folding, folding.lines(), {})


@cache
def ground_of(name: str, folder: Path) -> Ground:
    """A city, read once."""
    return Ground(name, read_city(folder))


@cache
def _model(ground: Ground) -> tuple[Catalogue, Graph, list[Rule]]:
    city, whole = ground.folder, layered(shipped(), ground.folder)
    catalogue = Catalogue.build({city.city.id: city.city}, city.assets, whole.domains, whole.limits)
    return as_recorded(catalogue), Graph(city.assets, city.relations.values()), list(whole.rules.values())


def tally(ground: Ground, day: Day, events: list[Sent], folded: Folded) -> Tally:
    """The counts of one day."""
    told = {one.id: one.story for story in day.stories for one in story.occurrences}
    agreed = agreement(told, folded.incident_of)
    stories_in = _stories_in(told, folded)
    result = Tally(
        days=1,
        signals=agreed.items,
        both=agreed.both,
        true=agreed.true,
        found=agreed.found,
        rand=agreed.rand,
        incidents=len(folded.lines),
        mixed=sum(len(stories_in.get(line["id"], ())) > 1 for line in folded.lines),
        ambiguous=sum(any(one["reason"] == "tie" for one in line["candidates"]) for line in folded.lines),
    )
    waits = _waits(events, folded)
    for story in day.stories:
        if {one.kind for one in story.occurrences} - NEVER_OPEN:
            _judge(ground, story, folded, stories_in, result)
            result.opened_s += waits(story)
    return result


def _stories_in(told: dict[str, str], folded: Folded) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, incident in folded.incident_of.items():
        found.setdefault(incident, set()).add(told[name])
    return found


def _judge(ground: Ground, story: Story, folded: Folded, stories_in: dict[str, set[str]], result: Tally) -> None:
    incidents = {folded.incident_of[one.id] for one in story.occurrences}
    main = main_incident(story, folded)
    result.stories += 1
    result.crossed += story.crossed
    result.exact += len(incidents) == 1 and len(stories_in[main]) == 1
    result.roots += any(line["id"] == main and is_root(ground, story, line) for line in folded.lines)


def main_incident(story: Story, folded: Folded) -> str:
    """The incident with most of its signals."""
    return Counter(folded.incident_of[one.id] for one in story.occurrences).most_common(1)[0][0]


def is_root(ground: Ground, story: Story, line: Line) -> bool:
    """The incident's root is the story's cause: its kind, and its asset or a sensor that stands for it."""
    if line["root_kind"] != story.root_kind:
        return False
    if story.root_kind is not None and story.root_kind.startswith("report."):
        return True
    return line["root_asset"] is not None and ground.about(line["root_asset"]) == ground.about(story.root_asset)


def _waits(events: list[Sent], folded: Folded) -> Callable[[Story], list[float]]:
    """Seconds from the arrival of a story's first signal to the opening of the incident with most of it."""
    arrived: dict[str, float] = {}
    for one in events:
        arrived.setdefault(one.event["id"], to_ms(datetime.fromisoformat(one.event["recordedtime"])) / 1000)
    opened = {one.incident_id: to_ms(one.at) / 1000 for one in folded.folding.changes if one.kind == "opened"}
    earlier = {line["id"]: [line["id"], *line["merged_from"]] for line in folded.lines}

    def waits(story: Story) -> list[float]:
        main = main_incident(story, folded)
        times = [opened[name] for name in earlier.get(main, ()) if name in opened]
        first = [arrived[one.id] for one in story.occurrences if one.id in arrived]
        return [max(0.0, min(times) - min(first))] if times and first else []

    return waits
