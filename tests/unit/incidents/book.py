"""Folds explanations and commands as the recorder and the API do, in memory."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from city.enrich import Catalogue
from city.incidents import (
    RESHAPING,
    Command,
    Fact,
    Moment,
    Outcome,
    Scene,
    State,
    fire,
    obey,
    overrule_named,
    reshape,
    update,
)
from schemas.assets import Area, Asset, City, Deadlines
from schemas.domains import Domain, SignalKind
from schemas.incidents import Change, Incident
from schemas.links import Explanation
from tests.truth import START, at


def words() -> Catalogue:
    """A small city with names."""
    kinds = {
        "power.outage": SignalKind(name="Power outage", name_vi="Mất điện"),
        "traffic.slow": SignalKind(name="Slow traffic", name_vi="Giao thông chậm", hold_down=300.0),
    }
    power = Domain(id="power", name="Power", name_vi="Điện", description="", description_vi="", kinds=kinds)
    feeder = Asset(
        id="feeder-1",
        kind="feeder",
        name="Feeder 471_GĐ",
        name_vi="Lộ 471_GĐ",
        agency="evn",
        position=(106.7, 11.1),
    )
    former = Area(id="legacy-718", name="Thủ Dầu Một", zones=("z1",), valid_to=date(2025, 7, 1))
    area = Area(id="thu-dau-mot", name="Thủ Dầu Một", zones=("z1",), valid_from=date(2025, 7, 1))
    city = City(id="town", name="Town", name_vi="Phố", time_zone="Asia/Ho_Chi_Minh", area_details=(former, area))
    return Catalogue.build({"town": city}, {"feeder-1": feeder}, {"power": power}, {})


class Book:
    """The state after everything so far, and every change."""

    def __init__(self) -> None:
        self.state = State()
        self.changes: list[Change] = []
        self.words = words()
        self.now = START
        self.deadlines: Mapping[str, Deadlines] = {}

    def take(self, *explanations: Explanation, facts: tuple[Fact, ...] = ()) -> list[Change]:
        """One batch; its changes."""
        self.now += timedelta(seconds=1)
        if facts:
            self.state = msgspec.structs.replace(self.state, facts=facts)
        return self._apply(update(self.state, explanations, Moment(self.now, deadlines=self.deadlines), self.words))

    def tick(self, seconds: float) -> list[Change]:
        """What is due at this event time."""
        return self._apply(fire(self.state, at(seconds), Moment(self.now, deadlines=self.deadlines)))

    def command(self, name: str, verb: str, /, by: str = "lan", version: int | None = None, **more: Any) -> Change:
        """A command that saw `version`, by default the present one."""
        self.now += timedelta(seconds=1)
        tracked = self.state.incidents[name]
        seen = tracked.incident.version if version is None else version
        moment = Moment(self.now, by=by, agency=more.pop("agency", None), deadlines=self.deadlines)
        wish = Command(command=verb, version=seen, **more)
        if verb in RESHAPING:
            return self._reshape(name, wish, moment)
        after, change = obey(tracked, wish, moment)
        outcome = Outcome()
        outcome.add(after, change)
        self._apply(outcome)
        return change

    def _reshape(self, incident: str, wish: Command, moment: Moment) -> Change:
        made = None
        if wish.command == "undo":
            which = overrule_named(self.state.incidents[incident], wish).id
            made = next((one for one in self.changes if f"{one.incident_id}.{one.version}" == which), None)
        state = msgspec.structs.replace(self.state, whole=frozenset(self.state.incidents))
        done = reshape(Scene(state=state, words=self.words, moment=moment, incident=incident, made=made), wish)
        self._apply(done.outcome)
        standing = tuple(one for one in self.state.facts if done.undone is None or one.said != done.undone)
        self.state = msgspec.structs.replace(self.state, facts=(*standing, *done.said))
        return next(one for one in done.outcome.changes if one.incident_id == done.incident)

    def members(self, incident: str) -> set[str]:
        """Assets of an incident's signals."""
        found = [one for name, one in self.state.groups.items() if self.state.assigned.get(name) == incident]
        return {signal.asset for one in found for signal in one.signals}

    def incident(self, name: str) -> Incident:
        return self.state.incidents[name].incident

    def due_at(self, name: str) -> datetime | None:
        return self.state.incidents[name].due_at

    def live(self) -> list[Incident]:
        """Incidents that are not merged, oldest id first."""
        found = [one.incident for one in self.state.incidents.values() if one.incident.state != "merged"]
        return sorted(found, key=lambda one: (one.opened_at, one.id))

    def _apply(self, outcome: Outcome) -> list[Change]:
        self.state = self.state.after(outcome)
        self.changes += outcome.changes
        return outcome.changes
