"""Pattern rules for tests, and what is told after signals and ticks."""

from typing import Any

import msgspec

from city.correlate import Correlator
from schemas.links import Explanation
from schemas.rules import Rule
from schemas.signals import Signal, TickData
from tests.unit.correlate.town import START, correlator


def rule(parts: list[dict[str, Any]], name: str = "p", **body: Any) -> Rule:
    """A pattern rule of these parts; by default all of them in one zone within ten minutes."""
    pattern = {
        "parts": parts,
        "within_s": 600,
        **({} if "within_m" in body or "along" in body else {"same_zone": True}),
    }
    if "same_asset" in body:
        del pattern["same_zone"]
    words = {"title": f"Title {name}", "title_vi": f"Tên {name}", "runbook": "r", "runbook_vi": "r"}
    return msgspec.convert({"id": name, **words, "pattern": {**pattern, **body}}, Rule)


def tick(made: Correlator, seconds: float, number: int = 0) -> list[Explanation]:
    """The clock, so many seconds after the start."""
    return made.tick(TickData(now_ms=round((START.timestamp() + seconds) * 1000), origin="t/0"), number)


def after(rules: list[Rule], signals: list[Signal], clock: float) -> dict[str, Explanation]:
    """The explanations at a time, by group, revisions left out."""
    made = correlator(rules=rules)
    for number, item in enumerate(signals):
        made.signal(item, number)
    tick(made, clock)
    return {group: msgspec.structs.replace(one, revision=0) for group, one in made.explanations().items()}


def held(rules: list[Rule], signals: list[Signal], clock: float = 0.0) -> list[list[str]]:
    """Of each match the assets of the groups that it holds, its first group first."""
    found: dict[str, list[Explanation]] = {}
    for one in after(rules, signals, clock).values():
        if one.held_to is not None:
            found.setdefault(one.held_to, []).append(one)
    named = [
        sorted(groups, key=lambda one: (one.group != head, one.signals[0].asset)) for head, groups in found.items()
    ]
    return sorted([one.signals[0].asset for one in groups] for groups in named)


def missed(rules: list[Rule], signals: list[Signal], clock: float) -> list[tuple[str, str]]:
    """(asset, reason) of every near miss of a pattern."""
    told = after(rules, signals, clock).values()
    return sorted(
        (one.signals[0].asset, link.reason) for one in told for link in one.candidates if link.kind == "pattern"
    )
