"""People overrule which signals belong together: merge, split, detach, and undo, kept as facts (DESIGN D4)."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

import msgspec

from city.incidents.commands import check
from city.incidents.model import APART, TOGETHER, Command, Fact, Moment, Tracked
from city.incidents.scene import Reshaped, Said, Scene, must, thought
from city.incidents.undoing import MERGE, undo
from schemas.errors import Invalid
from schemas.incidents import Overrule
from schemas.sentences import say

SPLIT, DETACH, UNDO = "split", "detach", "undo"


def reshape(scene: Scene, command: Command) -> Reshaped:
    """The incidents after the command. Raises Conflict, and Invalid when it cannot be done or changes nothing."""
    check(scene.tracked, command)
    return DEEDS[command.command](scene, command)


def _merge(scene: Scene, command: Command) -> Reshaped:
    """Both become one: the one recorded first survives, with everything that people did on either."""
    other = scene.state.incidents.get(command.incident or "")
    if other is None or other.over or other.incident.id == scene.incident:
        raise Invalid(say("name_another"), field="incident")
    mine, theirs = scene.members(scene.incident), scene.members(other.incident.id)
    between = [one for one in scene.state.facts if one.kind == APART and _across(one, mine.keys(), theirs.keys())]
    if between:
        raise Invalid(say("taken_apart", said=between[0].said), field="incident")
    keeper = min((scene.tracked, other), key=lambda one: one.age)
    overrule = _overrule(keeper, command, scene.moment)
    fact = Fact(TOGETHER, scene.root(scene.incident), scene.root(other.incident.id), overrule.id)
    done = thought(scene, command, Said((fact,), {keeper.incident.id: overrule}, (other.incident.id,)))
    came = {name for one in done.outcome.changes for name in one.merged_from}
    must(bool(came & {scene.incident, other.incident.id}), say("apart_between"), "incident")
    return done


def _split(scene: Scene, command: Command) -> Reshaped:
    """The named signals leave together, with what they caused."""
    return _leave(scene, command, _apart(scene, command.signals))


def _detach(scene: Scene, command: Command) -> Reshaped:
    """One signal leaves alone; what it caused stays."""
    if len(command.signals) != 1:
        raise Invalid(say("name_leaving"), field="signals")
    effects = [one.signals[0].id for one in scene.groups(scene.incident) if one.parent_group == command.signals[0]]
    stay = tuple(Fact(APART, command.signals[0], effect) for effect in effects)
    return _leave(scene, command, (*_apart(scene, command.signals), *stay))


def _leave(scene: Scene, command: Command, facts: tuple[Fact, ...]) -> Reshaped:
    overrule = _overrule(scene.tracked, command, scene.moment)
    said = tuple(msgspec.structs.replace(fact, said=overrule.id) for fact in facts)
    done = thought(scene, command, Said(said, {scene.incident: overrule}))
    (removed,) = [one.removed for one in done.outcome.changes if one.incident_id == scene.incident] or [()]
    must(set(command.signals) <= set(removed), say("together_keeps"), "signals")
    return done


def _apart(scene: Scene, named: tuple[str, ...]) -> tuple[Fact, ...]:
    """Each named signal apart from the root, from its own group if others stay in it, and from its cause."""
    members, gone = scene.members(scene.incident), set(named)
    if not named or not gone <= members.keys():
        raise Invalid(say("name_signals"), field="signals")
    if scene.tracked.incident.root_signal in gone or gone == members.keys():
        raise Invalid(say("root_stays"), field="signals")
    root, facts = scene.root(scene.incident, gone), []
    for group in scene.groups(scene.incident):
        leaving = [signal.id for signal in group.signals if signal.id in gone]
        staying = [signal.id for signal in group.signals if signal.id not in gone]
        for one in leaving if staying else leaving[:1]:
            others = {root, *staying[:1], *_anchor(scene, group.parent_group)} - gone
            facts += [Fact(APART, one, other) for other in sorted(others)]
    return (*facts, *(Fact(TOGETHER, named[0], other) for other in named[1:]))


def _anchor(scene: Scene, group: str | None) -> list[str]:
    found = scene.state.groups.get(group or "")
    return [signal.id for signal in found.signals[:1]] if found else []


def _overrule(keeper: Tracked, command: Command, moment: Moment) -> Overrule:
    """Named after the change that it will be."""
    name = f"{keeper.incident.id}.{keeper.incident.version + 1}"
    return Overrule(id=name, command=command.command, by=moment.by, at=moment.now, note=command.note)


def _across(fact: Fact, mine: AbstractSet[str], theirs: AbstractSet[str]) -> bool:
    return (fact.a in mine and fact.b in theirs) or (fact.b in mine and fact.a in theirs)


DEEDS: dict[str, Callable[[Scene, Command], Reshaped]] = {
    MERGE: _merge,
    SPLIT: _split,
    DETACH: _detach,
    UNDO: undo,
}
