"""Which incidents are asked for: the same filters for the list, SSE and WebSocket."""

from collections.abc import Callable
from datetime import datetime
from math import isfinite
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement, and_, true

from infra.postgres.incident_rows import found_by, searchable
from infra.postgres.tables import incidents
from schemas.errors import Invalid
from schemas.incidents import MERGED, STATES, Incident
from schemas.sentences import say
from schemas.signals import SEVERITIES
from services.api.moments import Time

Box = tuple[float, float, float, float]


def box_of(text: str | None) -> Box | None:
    """`west,south,east,north` in degrees; raises Invalid, also where nothing could lie in it."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise Invalid(say("not_bbox"), field="bbox") from None
    sides = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if not sides or not all(map(isfinite, (west, south, east, north))):
        raise Invalid(say("bbox_sides"), field="bbox")
    return west, south, east, north


def within(position: tuple[float, float] | None, box: Box | None) -> bool:
    """Whether a position lies in a box; anything does in none."""
    if box is None:
        return True
    return position is not None and box[0] <= position[0] <= box[2] and box[1] <= position[1] <= box[3]


def split(given: list[str]) -> list[str]:
    """Values given once, several times, or separated by commas; nothing between them is no value."""
    return [part for text in given for part in text.split(",") if part]


def known(*values: str) -> Callable[[list[str]], list[str]]:
    """Refuses what is none of these: by a slip of the pen a filter would find nothing, a stream wait for ever."""

    def checked(given: list[str]) -> list[str]:
        for value in given:
            if value not in values:
                raise PydanticCustomError("value_none_of", "not known", {"value": value, "known": ", ".join(values)})
        return given

    return checked


Several = Annotated[list[str], AfterValidator(split)]
Severities = Annotated[Several, AfterValidator(known(*SEVERITIES))]


class Wanted(BaseModel):
    """Filters; several values of one are alternatives, given repeatedly or separated by commas."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[Several, AfterValidator(known(*STATES))] = Field(
        [], description="`open`, `acknowledged`, `in_progress`, `resolved`, `closed`, `merged`"
    )
    severity: Severities = Field([], description="`critical`, `major`, `minor`, `warning`")
    domain: Several = Field([], description="Domain of the root: `power`, `traffic`, …")
    agency: Several = Field([], description="Agencies that any member's asset belongs to")
    zone: Several = Field([], description="Zones that it touches")
    bbox: str | None = Field(None, description="west,south,east,north in degrees", examples=["106.5,10.8,106.9,11.2"])
    shelved: bool | None = Field(None, description="Only those on the shelf (true), or all but those (false)")
    q: str | None = Field(
        None, max_length=200, description="Words of title, kind, zones, root asset, id; diacritics may be left out"
    )

    suppressed: bool | None = Field(None, description="Covered whole by silences or works, or not; all without it")

    def refuses(self, incident: Incident) -> bool:
        """Whether these filters leave the incident out."""
        single = [(self.state, incident.state), (self.severity, incident.severity), (self.domain, incident.domain)]
        several = [(self.agency, incident.agencies), (self.zone, incident.zones)]
        return (
            any(wanted and value not in wanted for wanted, value in single)
            or any(wanted and not set(wanted).intersection(values) for wanted, values in several)
            or self.shelved not in (None, incident.shelved is not None)
            or self.suppressed not in (None, incident.suppressed is not None)
            or not within(incident.position, box_of(self.bbox))
            or not self._says(incident)
        )

    def _says(self, incident: Incident) -> bool:
        wanted = searchable(self.q or "").split()
        return not wanted or all(map(found_by(incident).__contains__, wanted))

    def condition(self) -> ColumnElement[bool]:
        """The same in SQL; without `state`, merged incidents are left out."""
        found: list[ColumnElement[bool]] = [true()]
        for name in ("state", "severity", "domain"):
            if wanted := getattr(self, name):
                found.append(incidents.c[name].in_(wanted))
        if not self.state:
            found.append(incidents.c.state != MERGED)
        if self.shelved is not None:
            on_it = incidents.c.body["shelved"].astext.is_not(None)
            found.append(on_it if self.shelved else ~on_it)
        if self.suppressed is not None:
            covered = incidents.c.body["suppressed"].astext.is_not(None)
            found.append(covered if self.suppressed else ~covered)
        if self.agency:
            found.append(incidents.c.agencies.overlap(self.agency))
        if self.zone:
            found.append(incidents.c.zones.overlap(self.zone))
        return and_(*found, *self._place_and_words())

    def _place_and_words(self) -> list[ColumnElement[bool]]:
        found: list[Any] = [
            incidents.c.search.contains(word, autoescape=True) for word in searchable(self.q or "").split()
        ]
        if box := box_of(self.bbox):
            found += [incidents.c.lon.between(box[0], box[2]), incidents.c.lat.between(box[1], box[3])]
        return found


class Listed(Wanted):
    """Filters of the list of incidents."""

    since: Time | None = Field(None, description="Changed at or after this time")
    cursor: str | None = Field(None, description="`next` of the page before")
    limit: int = Field(100, ge=1, le=1000)

    def changed_since(self) -> datetime | None:
        """`since`, if given."""
        return self.since


class Followed(Wanted):
    """Filters of the live streams."""

    since: int | None = Field(None, ge=0, description="Resume after this number; `Last-Event-ID` is the same for SSE")
