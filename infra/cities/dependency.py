"""Checks the dependency graph as a whole: no loose ends, no cycles, no edge between regions, no way along nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from city.relation_words import RELATIONS
from infra.cities.described import Described
from infra.cities.problems import Problems
from infra.cities.relations import FILE, Lines
from schemas.assets import Asset, Relation
from schemas.rules import Rule
from schemas.sentences import say

LOOPS_ALLOWED = ("flows_to",)
"""Roads form rings; of river reaches a ring is refused."""
RIVER = "river_reach"


def check_graph(assets: dict[str, Asset], relations: dict[str, Relation], lines: Lines, problems: Problems) -> None:
    """Adds a problem for each relation that cannot be."""
    sound = [one for one in relations.values() if _is_sound(one, assets, lines, problems)]
    edges: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in sound:
        if one.relation in RELATIONS and (one.relation not in LOOPS_ALLOWED or assets[one.from_id].kind == RIVER):
            edges[one.relation][one.from_id].append(one.to_id)
    for relation, onward in edges.items():
        cycle = _cycle(onward)
        if cycle:
            last = Relation(from_id=cycle[-2], relation=relation, to_id=cycle[-1])
            path = " → ".join(cycle if len(cycle) < 8 else [*cycle[:3], "…", *cycle[-3:]])
            problems.add(FILE, _line(last, lines), relation, say("cycle", path=path))


def check_ways(own: Described, edges: Iterable[Relation], problems: Problems) -> None:
    """Adds a problem for each relation that a rule walks and that is neither one of the city's nor one that ships."""
    known = RELATIONS.keys() | {one.relation for one in edges}
    for rule in own.rules.values():
        for field, relation in _walked(rule):
            if relation and relation not in known:
                said = say("quoted_none_of", value=relation, known=", ".join(sorted(known)))
                problems.add(own.files[f"rule {rule.id}"], "", field, said)


def _walked(rule: Rule) -> Iterator[tuple[str, str]]:
    """(field, relation) of every hop."""
    for body in ("cause", "same", "pattern"):
        for number, hop in enumerate(getattr(getattr(rule, body), "along", ())):
            yield f"{body}.along.{number}.relation", hop.relation


def _line(relation: Relation, lines: Lines) -> str:
    return say("at_line", number=lines[relation.id]) if relation.id in lines else f'"{relation.id}"'


def _is_sound(relation: Relation, assets: dict[str, Asset], lines: Lines, problems: Problems) -> bool:
    loose = [(field, end) for field, end in (("from", relation.from_id), ("to", relation.to_id)) if end not in assets]
    if relation.id in lines:
        for field, end in loose:
            problems.add(FILE, _line(relation, lines), field, say("asset_not_in_folder", id=end))
    if loose:
        return False
    one, other = assets[relation.from_id], assets[relation.to_id]
    if one.region != other.region:
        said = say("two_regions", one=one.id, region=one.region, other=other.id, elsewhere=other.region)
        problems.add(FILE, _line(relation, lines), "region", said)
    return True


def _cycle(onward: dict[str, list[str]]) -> list[str]:
    """One cycle as a closed path; empty if there is none. Walks without recursion: chains may be long."""
    done: set[str] = set()
    for start in list(onward):
        path: list[str] = []
        on_path: set[str] = set()
        stack = [(start, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                on_path.discard(path.pop())
                done.add(node)
            elif node in on_path:
                return [*path[path.index(node) :], node]
            elif node not in done:
                path.append(node)
                on_path.add(node)
                stack += [(node, True), *((end, False) for end in onward.get(node, ()))]
    return []
