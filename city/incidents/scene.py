"""What a command that reshapes sees, and the one computation in which what it says is taken in (DESIGN D4)."""

from collections.abc import Iterable

import msgspec

from city.enrich import Catalogue
from city.incidents.due import closing
from city.incidents.model import APART, Command, Fact, Moment, Outcome, State, Tracked, Wish
from city.incidents.parts import wholes
from city.incidents.update import rethink
from schemas.errors import Invalid
from schemas.incidents import ACKNOWLEDGED, IN_PROGRESS, MERGED, OPEN, RESOLVED, Change, Overrule
from schemas.links import Explanation
from schemas.sentences import say
from schemas.signals import Signal


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
            raise Invalid(say("no_signals", incident=incident), field="incident")
        return anchors[0]


class Said(msgspec.Struct, frozen=True):
    """What is new in the computation."""

    facts: tuple[Fact, ...]
    overrules: dict[str, Overrule]
    also: tuple[str, ...] = ()
    """Other incidents that the person acts on."""
    undone: str | None = None
    wish: Wish = Wish()
    whole: tuple[str, ...] = ()
    """Signals whose groups are to be one again."""


def thought(scene: Scene, command: Command, said: Said) -> Reshaped:
    """Recomputes everything around with what is new, and signs every change with the person."""
    before = scene.state
    facts = (*(one for one in before.facts if said.undone is None or one.said != said.undone), *said.facts)
    incidents = {name: _revived(one) if name in said.wish.revived else one for name, one in before.incidents.items()}
    for name in (scene.incident, *said.also):
        incidents[name] = _acted(incidents[name], said.overrules.get(name), said.undone)
    _share_out(incidents, scene.incident, said.wish.revived)
    whole = before.whole | said.wish.revived
    state = msgspec.structs.replace(before, facts=facts, incidents=incidents, whole=whole, wish=said.wish)
    outcome = rethink(state, _regrouped(state, said), scene.moment, scene.words)
    return Reshaped(
        outcome=_signed(outcome, command),
        incident=_survivor(outcome, scene.incident),
        said=said.facts,
        undone=said.undone,
    )


def must(happened: bool, otherwise: str, field: str) -> None:
    """Whether the computation came to what the person wanted; else nothing is done and he is told why."""
    if not happened:
        raise Invalid(otherwise, field=field)


def _regrouped(state: State, said: Said) -> list[Explanation]:
    """The groups that new facts divide, and those that are whole again, for the facts to be applied anew."""
    named = {fact.a for fact in said.facts if fact.kind == APART} | set(said.whole)
    where = {signal.id: name for name, one in state.groups.items() for signal in one.signals}
    return wholes(state, (where[signal] for signal in sorted(named & where.keys())))


def _acted(tracked: Tracked, overrule: Overrule | None, undone: str | None) -> Tracked:
    kept = tuple(one for one in tracked.incident.overrules if one.id != undone)
    overrules = (*kept, overrule) if overrule else kept
    return msgspec.structs.replace(_with_overrules(tracked, overrules), acted=True)


def _share_out(incidents: dict[str, Tracked], keeper: str, revived: frozenset[str]) -> None:
    """Of the overrules of a merged incident that stand, each that comes back has its own again, and it alone."""
    standing = {one.id: one for one in incidents[keeper].incident.overrules}
    for name in sorted(revived):
        own = tuple(standing.pop(one.id) for one in incidents[name].incident.overrules if one.id in standing)
        incidents[name] = _with_overrules(incidents[name], own)
    incidents[keeper] = _with_overrules(incidents[keeper], tuple(standing.values()))


def _with_overrules(tracked: Tracked, overrules: tuple[Overrule, ...]) -> Tracked:
    return msgspec.structs.replace(tracked, incident=msgspec.structs.replace(tracked.incident, overrules=overrules))


def _revived(tracked: Tracked) -> Tracked:
    """A merged incident as it was: how far it had come follows from what it says; what covers it is looked at anew."""
    said = tracked.incident
    covered = said.suppressed_count if said.suppressed else 0
    state = ACKNOWLEDGED if said.acknowledged_by else OPEN
    state = IN_PROGRESS if said.assignee else state
    if said.resolved_at:
        state, tracked = RESOLVED, closing(tracked, said.resolved_at)
    return msgspec.structs.replace(
        tracked,
        acted=True,
        incident=msgspec.structs.replace(said, state=state, merged_into=None, suppressed_count=covered),
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
