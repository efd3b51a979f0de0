"""What pattern rules cost correlate: none, a thousand on kinds that do not come, a thousand on the kinds that do."""

from typing import Any

from schemas.rules import Part, Pattern, Rule
from tests.bench.correlate import city, mix, play

RULES = 1_000
KINDS = ("traffic.slow", "traffic.stalled", "traffic.signal_dark", "road.flooded")


def rules(kinds: int) -> list[Rule]:
    """A thousand rules "three of this kind in a zone within ten minutes" on the mix's kinds and so many others."""
    names = [*KINDS, *(f"other.kind_{number}" for number in range(kinds - len(KINDS)))]
    found = []
    for number in range(RULES):
        parts = [Part(kinds=[names[number % len(names)]], count=3)]
        pattern = Pattern(parts=parts, within_s=600, same_zone=True, opens=False)
        found.append(Rule(id=f"p{number}", title="t", title_vi="t", runbook="", runbook_vi="", pattern=pattern))
    return found


def run() -> dict[str, Any]:
    """Signals a CPU second of the mix: no rules, a thousand with a kind each, a thousand on a hundred kinds."""
    graph = city()
    story = mix(graph)
    return {
        "none": play(graph, story, []),
        "thousand_kinds": play(graph, story, rules(RULES)),
        "hundred_kinds": play(graph, story, rules(100)),
    }


if __name__ == "__main__":
    print(run())
