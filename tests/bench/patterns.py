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
    """Signals a CPU second of the mix: no rules, a thousand with a kind each, a thousand on a hundred kinds.

    How many times the cost of none each of these has beside it.
    """
    graph = city()
    story = mix(graph)
    none = play(graph, story, [])
    found: dict[str, Any] = {"none": none}
    for name, kinds in {"thousand_kinds": RULES, "hundred_kinds": 100}.items():
        found[name] = play(graph, story, rules(kinds))
        found[f"{name}_times"] = round(none["signals_per_s"] / found[name]["signals_per_s"], 2)
    return found


if __name__ == "__main__":
    print(run())
