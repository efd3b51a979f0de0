"""Taking back what a person said of which signals belong together (DESIGN D4)."""

from city.incidents.commands import check
from city.incidents.model import Command, State, Tracked, Wish
from city.incidents.scene import Reshaped, Said, Scene, must, thought
from schemas.errors import Invalid
from schemas.incidents import MERGED, Change, Overrule
from schemas.sentences import say

MERGE = "merge"


def undo(scene: Scene, command: Command) -> Reshaped:
    """What was said no longer stands; what it moved goes back."""
    made, which = scene.made, overrule_named(scene.tracked, command)
    if made is None:
        raise Invalid(say("overrule_gone", id=which.id), field="overrule")
    if which.command == MERGE:
        done, came = _parted(scene, command, made, which), set(made.added)
        back = any(came & set(one.removed) for one in done.outcome.changes if one.incident_id == scene.incident)
    else:
        home, went = scene.root(scene.incident), _still_there(scene.state, made)
        wish = Wish(together=tuple((signal, home) for signal in went))
        lifted = tuple(fact.a for fact in scene.state.facts if fact.said == which.id)
        done = thought(scene, command, Said((), {}, undone=which.id, wish=wish, whole=(*went, *lifted)))
        back = any(set(one.added) & set(went) for one in done.outcome.changes)
    must(back, say("nothing_back"), "overrule")
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
    added = set(made.added)
    came = [one for one in scene.groups(scene.incident) if any(signal.id in added for signal in one.signals)]
    first = [one.signals[0].id for one in came]
    wish = Wish(
        together=tuple((first[0], other) for other in first[1:]),
        loose=frozenset(one.group for one in came),
        revived=frozenset(name for name in made.merged_from if _is_merged(scene.state.incidents.get(name))),
    )
    return thought(scene, command, Said((), {}, undone=which.id, wish=wish))


def _is_merged(tracked: Tracked | None) -> bool:
    return tracked is not None and tracked.incident.state == MERGED


def overrule_named(tracked: Tracked, command: Command) -> Overrule:
    """The overrule that `undo` takes back: the one named, else the newest. Raises Conflict, Invalid if none."""
    check(tracked, command)
    standing = tracked.incident.overrules
    found = [one for one in standing if command.overrule in (None, one.id)]
    if not found:
        raise Invalid(say("no_such_overrule" if standing else "nothing_to_undo"), field="overrule")
    return found[-1]
