"""What somebody may see: a user of an agency only the incidents that name it."""

from sqlalchemy import ColumnElement, or_, select, true

from infra.postgres.tables import incidents, signals
from schemas.incidents import Incident
from services.api.people import Person


def sees(person: Person, incident: Incident) -> bool:
    """Whether he may know of the incident."""
    return person.agency is None or person.agency in incident.agencies


def seen(person: Person) -> ColumnElement[bool]:
    """The same as a condition on the table of incidents."""
    return naming(person.agency)


def naming(agency: str | None) -> ColumnElement[bool]:
    """The incidents that name an agency; None: all."""
    return true() if agency is None else incidents.c.agencies.contains([agency])


def seen_signals(person: Person) -> ColumnElement[bool]:
    """The signals of these incidents, and those at his agency's own assets."""
    if person.agency is None:
        return true()
    named = select(incidents.c.id).where(incidents.c.id == signals.c.incident_id, seen(person)).exists()
    return or_(signals.c.agency == person.agency, named)
