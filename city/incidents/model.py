"""What the life of incidents is computed from, and what comes out."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from schemas.assets import Deadlines
from schemas.incidents import CLOSED, MERGED, Change, Incident
from schemas.links import Explanation
from schemas.procedures import Checklist
from schemas.times import At

CENTER = "center"
RESOLVE, CLOSE, UNSHELVE, ESCALATE = "resolve", "close", "unshelve", "escalate"
TOGETHER, APART = "together", "apart"


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /v1/incidents/{id}/commands`."""

    command: str
    """acknowledge, take, assign, note, severity, shelve, unshelve, resolve, close, reopen, tick, untick, merge,
    split, detach, undo."""
    version: int
    """The version that the person saw."""
    assignee: str | None = None
    """`assign`: to whom."""
    note: str | None = None
    """`note`: the text; on all others a remark (`reopen`, `severity`, `shelve`, `merge`, `split`, `detach`: why)."""
    attachment: str | None = None
    """http or https address of a picture, a document, a recording."""
    severity: str | None = None
    """`severity`: the one that holds from now on; null: the judged one again."""
    until: At | None = None
    """`shelve`: when it comes back by itself, at most a week ahead."""
    incident: str | None = None
    """`merge`: the other one."""
    signals: tuple[str, ...] = ()
    """`split`: those that leave together; `detach`: the one that leaves alone."""
    step: str | None = None
    """`tick`, `untick`: `<sheet id>/<step id>`, the `key` of a step in `/procedure`."""
    overrule: str | None = None
    """`undo`: which of `overrules`; null: the newest."""


class Tracked(msgspec.Struct, frozen=True, kw_only=True):
    """An incident with what only the center needs to know of it."""

    incident: Incident
    region: str
    created_at: datetime
    """When it was first recorded: of several that become one, the earliest survives."""
    command_version: int = 0
    """Version of the newest command, merge or split: a command that saw less is a conflict."""
    acted: bool = False
    """A person has acted: the machine adds and merges, removals are only offered."""
    timers: dict[str, datetime] = {}
    """What happens at which event time: `resolve`, `close`, …; see `due.FIRES`, and `timer_kind` for the names."""

    checklist: Checklist = Checklist()
    """What is to be done, as it was when the incident got it, and what of it is ticked."""

    @property
    def due_at(self) -> datetime | None:
        """Event time of the earliest timer."""
        return min(self.timers.values(), default=None)

    @property
    def over(self) -> bool:
        """Closed or merged: it takes nothing any more."""
        return self.incident.state in (CLOSED, MERGED)

    @property
    def age(self) -> tuple[datetime, datetime, str]:
        """Sorts by who was published first."""
        return self.created_at, self.incident.opened_at, self.incident.id


def timer_kind(name: str) -> str:
    """What a timer does: its name up to a colon, behind which it may say which one of its kind it is."""
    return name.partition(":")[0]


def with_timer(tracked: Tracked, name: str, at: datetime | None) -> Tracked:
    """The incident with a timer set, moved, or (None) taken away."""
    others = {other: when for other, when in tracked.timers.items() if other != name}
    return msgspec.structs.replace(tracked, timers=others if at is None else {**others, name: at})


class Fact(msgspec.Struct, frozen=True):
    """What a person said of two signals: `together` or `apart`; apart wins."""

    kind: str
    a: str
    """`apart`: the one that left."""
    b: str
    said: str = ""
    """Id of the overrule that it belongs to."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a command wants of this one computation, beside the facts that stay."""

    together: tuple[tuple[str, str], ...] = ()
    """Pairs of signals to be brought into one incident now."""
    loose: frozenset[str] = frozenset()
    """Groups that are not held where they are."""
    revived: frozenset[str] = frozenset()
    """Merged incidents that come back."""


class Moment(msgspec.Struct, frozen=True):
    """When and by whom something is recorded: wall clock, and when Kafka received the newest signal in it."""

    now: datetime
    sent_ms: int | None = None
    by: str = CENTER
    agency: str | None = None
    """The agency of who commands; None: the center's own people, keys, and the machine."""
    deadlines: Mapping[str, Deadlines] = {}
    """By severity, how long people may take (`deadlines_of`); empty: as long as they like."""
    clock: datetime | None = None
    """Where the incidents of a city of recordings stand; None: where the wall clock does."""

    @property
    def event_time(self) -> datetime:
        """Now by the clock that timers fire by."""
        return self.clock or self.now


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What is known around a batch: every group of every incident in `whole`, and the groups linked to them."""

    groups: dict[str, Explanation] = {}
    """The newest explanation of each group; one without signals is gone."""
    assigned: dict[str, str] = {}
    """Group → incident."""
    signals: dict[str, str] = {}
    """Signal → incident, before this batch."""
    incidents: dict[str, Tracked] = {}
    whole: frozenset[str] = frozenset()
    """Incidents of which every group is here."""
    facts: tuple[Fact, ...] = ()
    """Those that stand, of signals that are here."""
    wish: Wish = Wish()

    def after(self, outcome: "Outcome") -> "State":
        """The state with an outcome applied."""
        assigned = {**self.assigned, **outcome.assigned}
        signals = dict(self.signals)
        for group in outcome.groups.keys() | outcome.assigned.keys():
            incident = assigned.get(group)
            for signal in outcome.groups.get(group, self.groups.get(group, GONE)).signals:
                if incident:
                    signals[signal.id] = incident
                else:
                    signals.pop(signal.id, None)
        return msgspec.structs.replace(
            self,
            groups={**self.groups, **outcome.groups},
            assigned=assigned,
            signals=signals,
            incidents={**self.incidents, **outcome.incidents},
            whole=self.whole | ({*outcome.assigned.values()} & outcome.incidents.keys()),
        )


class Outcome(msgspec.Struct, kw_only=True):
    """What is to be stored: newest explanations, who belongs where, incidents as they are now, and the changes."""

    groups: dict[str, Explanation] = {}
    assigned: dict[str, str] = {}
    incidents: dict[str, Tracked] = {}
    changes: list[Change] = []

    def add(self, tracked: Tracked, change: Change) -> None:
        """Takes in one change of one incident."""
        self.incidents[tracked.incident.id] = tracked
        self.changes.append(change)

    def then(self, later: "Outcome") -> "Outcome":
        """Both, one after the other."""
        return Outcome(
            groups={**self.groups, **later.groups},
            assigned={**self.assigned, **later.assigned},
            incidents={**self.incidents, **later.incidents},
            changes=[*self.changes, *later.changes],
        )


GONE = Explanation(group="", region="", signals=())
