"""People overrule which signals belong together: merge, split, detach, and undo, kept as facts (DESIGN D4)."""

from collections.abc import Callable, Iterable

import msgspec

from city.enrich import Catalogue
from city.incidents.commands import check
from city.incidents.model import APART, TOGETHER, Command, Fact, Moment, Outcome, State, Tracked, Wish
from city.incidents.parts import joined
from city.incidents.update import rethink
from schemas.errors import Invalid
from schemas.incidents import ACKNOWLEDGED, IN_PROGRESS, MERGED, OPEN, RESOLVED, Change, Overrule
from schemas.links import Explanation
from schemas.signals import Signal

MERGE, SPLIT, DETACH, UNDO = "merge", "split", "detach", "undo"


class Reshaped(msgspec.Struct, frozen=True, kw_only=True):
    """What a command made of the incidents around it."""

    outcome: Outcome
    incident: str
    """The one that goes on from the one named."""
    said: tuple[Fact, ...] = ()
    """New facts."""
    undone: str | None = None
    """The overrule whose facts no longer stand."""


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """The incidents around a command, whole, and what is needed to think about them."""

    state: State
    words: Catalogue
    moment: Moment
    incident: str
    """The one that the command names."""
    made: Change | None = None
    """`undo`: the change that is taken back."""

    @property
    def tracked(self) -> Tracked:
        """The incident that the command names."""
        return self.state.incidents[self.incident]

    def groups(self, incident: str) -> list[Explanation]:
        """Its groups, the earliest first."""
        found = [one for name, one in self.state.groups.items() if self.state.assigned.get(name) == incident]
        return sorted((one for one in found if one.signals), key=lambda one: (one.signals[0].raised_at, one.group))

    def members(self, incident: str) -> dict[str, Signal]:
        """Its signals by id."""
        return {signal.id: signal for one in self.groups(incident) for signal in one.signals}

    def root(self, incident: str, without: Iterable[str] = ()) -> str:
        """Its root signal, or of those that are not left out the first anchor. Raises Invalid if it has no signal."""
        said = self.state.incidents[incident].incident.root_signal
        if said:
            return said
        anchors = [one.signals[0].id for one in self.groups(incident) if one.signals[0].id not in without]
        if not anchors:
            raise Invalid(f"{incident} has no signals", field="incident")
        return anchors[0]


def reshape(scene: Scene, command: Command) -> Reshaped:
    """The incidents after the command. Raises Conflict, and Invalid when it cannot be done or changes nothing."""
    check(scene.tracked, command)
    return DEEDS[command.command](scene, command)


def _merge(scene: Scene, command: Command) -> Reshaped:
    """Both become one: the one recorded first survives, with everything that people did on either."""
    other = scene.state.incidents.get(command.incident or "")
    if other is None or other.over or other.incident.id == scene.incident:
        raise Invalid("name another incident that is not closed", field="incident")
    mine, theirs = scene.members(scene.incident), scene.members(other.incident.id)
    between = [one for one in scene.state.facts if one.kind == APART and _across(one, set(mine), set(theirs))]
    if between:
        raise Invalid(f"they were taken apart ({between[0].said}); undo that first", field="incident")
    keeper = min((scene.tracked, other), key=lambda one: one.age)
    overrule = _overrule(keeper, command, scene.moment)
    fact = Fact(TOGETHER, scene.root(scene.incident), scene.root(other.incident.id), overrule.id)
    done = _thought(scene, command, _Said((fact,), {keeper.incident.id: overrule}, (other.incident.id,)))
    came = {name for one in done.outcome.changes for name in one.merged_from}
    _must(bool(came & {scene.incident, other.incident.id}), "what was taken apart stands between them", "incident")
    return done


def _split(scene: Scene, command: Command) -> Reshaped:
    """The named signals leave together, with what they caused."""
    return _leave(scene, command, _apart(scene, command.signals))


def _detach(scene: Scene, command: Command) -> Reshaped:
    """One signal leaves alone; what it caused stays."""
    if len(command.signals) != 1:
        raise Invalid("name the one signal that leaves", field="signals")
    effects = [one.signals[0].id for one in scene.groups(scene.incident) if one.parent_group == command.signals[0]]
    stay = tuple(Fact(APART, command.signals[0], effect) for effect in effects)
    return _leave(scene, command, (*_apart(scene, command.signals), *stay))


def _leave(scene: Scene, command: Command, facts: tuple[Fact, ...]) -> Reshaped:
    overrule = _overrule(scene.tracked, command, scene.moment)
    said = tuple(msgspec.structs.replace(fact, said=overrule.id) for fact in facts)
    done = _thought(scene, command, _Said(said, {scene.incident: overrule}))
    (removed,) = [one.removed for one in done.outcome.changes if one.incident_id == scene.incident] or [()]
    _must(set(command.signals) <= set(removed), "what people brought together keeps them here", "signals")
    return done


def _apart(scene: Scene, named: tuple[str, ...]) -> tuple[Fact, ...]:
    """Each named signal apart from the root, from its own group if others stay in it, and from its cause."""
    members = scene.members(scene.incident)
    if not named or not set(named) <= members.keys():
        raise Invalid("name signals of this incident", field="signals")
    if scene.tracked.incident.root_signal in named or set(named) == members.keys():
        raise Invalid("the root stays; name those that do not belong to it", field="signals")
    root, facts = scene.root(scene.incident, named), []
    for group in scene.groups(scene.incident):
        leaving = [signal.id for signal in group.signals if signal.id in named]
        staying = [signal.id for signal in group.signals if signal.id not in named]
        for one in leaving if staying else leaving[:1]:
            others = {root, *staying[:1], *_anchor(scene, group.parent_group)} - set(named)
            facts += [Fact(APART, one, other) for other in sorted(others)]
    return (*facts, *(Fact(TOGETHER, named[0], other) for other in named[1:]))


def _anchor(scene: Scene, group: str | None) -> list[str]:
    found = scene.state.groups.get(group or "")
    return [signal.id for signal in found.signals[:1]] if found else []


def _undo(scene: Scene, command: Command) -> Reshaped:
    """What was said no longer stands; what it moved goes back."""
    made, which = scene.made, overrule_named(scene.tracked, command)
    if made is None:
        raise Invalid(f"{which.id} is not known any more", field="overrule")
    if which.command == MERGE:
        done = _parted(scene, command, made, which)
        came_back = [one for name, one in done.outcome.incidents.items() if name in made.merged_from]
        back = any(one.incident.state != MERGED for one in came_back)
    else:
        home, went = scene.root(scene.incident), _still_there(scene.state, made)
        wish = Wish(together=tuple((signal, home) for signal in went))
        done = _thought(scene, command, _Said((), {}, undone=which.id, wish=wish, whole=went))
        back = any(set(one.added) & set(went) for one in done.outcome.changes)
    _must(back, "nothing goes back: they belong where they are without it now", "overrule")
    return done


def _still_there(state: State, made: Change) -> tuple[str, ...]:
    """Of what the change moved, the signals that nobody has moved on since: in the same incident, or in none."""
    homes = {None, *(_now(state, name) for name in made.moved_to)}
    return tuple(signal for signal in made.removed if (state.signals.get(signal) or None) in homes)


def _now(state: State, name: str) -> str:
    """The incident that this one went into, itself if it goes on."""
    while (known := state.incidents.get(name)) is not None and known.incident.merged_into:
        name = known.incident.merged_into
    return name


def _parted(scene: Scene, command: Command, made: Change, which: Overrule) -> Reshaped:
    """What a merge brought in goes, and the incident that it came from is there again."""
    came = [one for one in scene.groups(scene.incident) if {signal.id for signal in one.signals} & set(made.added)]
    first = [one.signals[0].id for one in came]
    wish = Wish(
        together=tuple((first[0], other) for other in first[1:]),
        loose=frozenset(one.group for one in came),
        revived=frozenset(one for one in made.merged_from if one in scene.state.incidents),
    )
    return _thought(scene, command, _Said((), {}, undone=which.id, wish=wish))


def overrule_named(tracked: Tracked, command: Command) -> Overrule:
    """The overrule that `undo` takes back: the one named, else the newest. Raises Conflict, Invalid if none."""
    check(tracked, command)
    standing = tracked.incident.overrules
    found = [one for one in standing if command.overrule in (None, one.id)]
    if not found:
        raise Invalid("there is nothing to undo" if not standing else "is none of its overrules", field="overrule")
    return found[-1]


class _Said(msgspec.Struct, frozen=True):
    """What is new in the computation."""

    facts: tuple[Fact, ...]
    overrules: dict[str, Overrule]
    also: tuple[str, ...] = ()
    """Other incidents that the person acts on."""
    undone: str | None = None
    wish: Wish = Wish()
    whole: tuple[str, ...] = ()
    """Signals whose groups are to be one again."""


def _thought(scene: Scene, command: Command, said: _Said) -> Reshaped:
    """Recomputes everything around with what is new, and signs every change with the person."""
    before = scene.state
    facts = (*(one for one in before.facts if said.undone is None or one.said != said.undone), *said.facts)
    incidents = {name: _revived(one) if name in said.wish.revived else one for name, one in before.incidents.items()}
    for name in (scene.incident, *said.also):
        incidents[name] = _acted(incidents[name], said.overrules.get(name), said.undone)
    whole = before.whole | said.wish.revived
    state = msgspec.structs.replace(before, facts=facts, incidents=incidents, whole=whole, wish=said.wish)
    outcome = rethink(state, _regrouped(state, said), scene.moment, scene.words)
    return Reshaped(
        outcome=_signed(outcome, command),
        incident=_survivor(outcome, scene.incident),
        said=said.facts,
        undone=said.undone,
    )


def _regrouped(state: State, said: _Said) -> list[Explanation]:
    """The groups that new facts divide, and those that are whole again, for the facts to be applied anew."""
    named = {fact.a for fact in said.facts if fact.kind == APART} | set(said.whole)
    where = {signal.id: name for name, one in state.groups.items() for signal in one.signals}
    wholes = {(one := joined(state, where[signal])).group: one for signal in sorted(named & where.keys())}
    return list(wholes.values())


def _acted(tracked: Tracked, overrule: Overrule | None, undone: str | None) -> Tracked:
    kept = tuple(one for one in tracked.incident.overrules if one.id != undone)
    overrules = (*kept, overrule) if overrule else kept
    incident = msgspec.structs.replace(tracked.incident, overrules=overrules)
    return msgspec.structs.replace(tracked, incident=incident, acted=True)


def _revived(tracked: Tracked) -> Tracked:
    """A merged incident as it was: how far it had come follows from what it says."""
    said = tracked.incident
    state = ACKNOWLEDGED if said.acknowledged_by else OPEN
    state = IN_PROGRESS if said.assignee else state
    state = RESOLVED if said.resolved_at else state
    return msgspec.structs.replace(
        tracked, acted=True, incident=msgspec.structs.replace(said, state=state, merged_into=None)
    )


def _signed(outcome: Outcome, command: Command) -> Outcome:
    """Every change says what was commanded and why; what a person made, he has acted on."""
    signed = [
        msgspec.structs.replace(
            one, command=command.command, note=command.note or one.note, attachment=command.attachment
        )
        for one in outcome.changes
    ]
    touched = {one.incident_id for one in signed}
    incidents = {
        name: msgspec.structs.replace(one, acted=True, command_version=one.incident.version) if name in touched else one
        for name, one in outcome.incidents.items()
    }
    return msgspec.structs.replace(outcome, changes=signed, incidents=incidents)


def _survivor(outcome: Outcome, name: str) -> str:
    found = outcome.incidents.get(name)
    if found is None or found.incident.state != MERGED or found.incident.merged_into is None:
        return name
    return found.incident.merged_into


def _must(happened: bool, otherwise: str, field: str) -> None:
    """Whether the computation came to what the person wanted; else nothing is done and he is told why."""
    if not happened:
        raise Invalid(otherwise, field=field)


def _overrule(keeper: Tracked, command: Command, moment: Moment) -> Overrule:
    """Named after the change that it will be."""
    name = f"{keeper.incident.id}.{keeper.incident.version + 1}"
    return Overrule(id=name, command=command.command, by=moment.by, at=moment.now, note=command.note)


def _across(fact: Fact, mine: set[str], theirs: set[str]) -> bool:
    return (fact.a in mine and fact.b in theirs) or (fact.b in mine and fact.a in theirs)


DEEDS: dict[str, Callable[[Scene, Command], Reshaped]] = {
    MERGE: _merge,
    SPLIT: _split,
    DETACH: _detach,
    UNDO: _undo,
}
