"""The checklist of an incident: it gets the procedure of its root's kind, keeps it, and people tick it."""

from datetime import datetime

import msgspec

from city.checklist import Instructions, grown, keys, ticked, unticked
from city.incidents.handling import Done
from city.incidents.model import Command, Moment, Tracked
from city.incidents.trees import Tree
from schemas import procedures
from schemas.procedures import Checklist


def instructed(tracked: Tracked, tree: Tree, instructions: Instructions, now: datetime) -> Tracked:
    """The incident with what is to be done about its root, and about what rules joined to it."""
    links = [link for one in tree.groups for link in (*([one.parent] if one.parent else ()), *one.same)]
    wanted = instructions.sheets(tracked.incident.kind, dict.fromkeys(link.rule for link in links), now)
    return with_checklist(tracked, grown(tracked.checklist, wanted))


def with_checklist(tracked: Tracked, checklist: Checklist) -> Tracked:
    """The incident with another checklist, and how far that is."""
    every = keys(checklist)
    done = sum(key in checklist.done for key in every)
    incident = msgspec.structs.replace(tracked.incident, steps=len(every), steps_done=done)
    return msgspec.structs.replace(tracked, checklist=checklist, incident=incident)


def tick(tracked: Tracked, command: Command, moment: Moment) -> Done:
    """A step is done. Raises Invalid if there is none of this name, or somebody has ticked it."""
    done = procedures.Done(moment.by, moment.now, command.note)
    after = with_checklist(tracked, ticked(tracked.checklist, command.step, done))
    return after, after.incident, "updated"


def untick(tracked: Tracked, command: Command, _: Moment) -> Done:
    """A step is not done after all. Raises Invalid if it is not ticked."""
    after = with_checklist(tracked, unticked(tracked.checklist, command.step))
    return after, after.incident, "updated"
