"""An incident as a CAP 1.2 alert (OASIS CAP 1.2 §3.2), for a person to publish: the center sends none by itself."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import msgspec

from city.cap import NAMESPACE, NO_BLANKS, SENT
from schemas.errors import Invalid
from schemas.incidents import Incident
from schemas.sentences import say

CATEGORIES = {
    "traffic": "Transport",
    "power": "Infra",
    "water": "Infra",
    "works": "Infra",
    "weather": "Met",
    "fire": "Fire",
    "security": "Security",
    **dict.fromkeys(("air", "river", "effluent", "stack", "waste"), "Env"),
}
"""Domain → category; of others `Other`."""
SEVERITIES = {"critical": "Severe", "major": "Moderate", "minor": "Minor", "warning": "Minor"}
"""`Extreme` (an extraordinary threat) is for a person to say, never for a machine."""
OVER = ("resolved", "closed")
EN, VI = "en-US", "vi-VN"
_TRIPLET = re.compile(",".join((NO_BLANKS.pattern, NO_BLANKS.pattern, SENT.pattern)))


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """Who publishes when, and for whom it is good."""

    sender: str
    """A domain name."""
    sent: datetime
    """Aware, in the city's zone."""
    expires: timedelta
    exercise: str | None = None
    """Name of the exercise: the status is `Exercise`, the note names it."""
    references: str = ""
    """`sender,identifier,sent` of each earlier message that still holds, separated by blanks: this one updates them."""
    radius_km: float = 0.0
    """Of the circle around the incident; 0 is the point."""


def alert_of(incident: Incident, publication: Publication, zones: Sequence[tuple[str, str]]) -> bytes:
    """The message in UTF-8; `zones` in English and Vietnamese. Raises Invalid naming what cannot be published."""
    _check(publication)
    alert = Element("alert", xmlns=NAMESPACE)
    head = {
        "identifier": f"{incident.id}.{incident.version}",
        "sender": publication.sender,
        "sent": _time(publication.sent),
        "status": "Exercise" if publication.exercise else "Actual",
        "msgType": "Update" if publication.references else "Alert",
        "scope": "Public",
        "note": publication.exercise or "",
        "references": " ".join(publication.references.split()),
        "incidents": incident.id,
    }
    _add(alert, head)
    for language, title, places in (
        (VI, incident.title_vi or incident.title, [vi or en for en, vi in zones]),
        (EN, incident.title, [en for en, _ in zones]),
    ):
        info = _add_info(alert, language, title, incident, publication)
        _add_area(info, ", ".join(places) or title, incident, publication)
    indent(alert)
    return bytes(tostring(alert, encoding="utf-8", xml_declaration=True))


def _check(publication: Publication) -> None:
    if not _written(NO_BLANKS, publication.sender):
        raise Invalid(say("cap_sender"), field="sender")
    if wrong := [one for one in publication.references.split() if not _written(_TRIPLET, one)]:
        raise Invalid(say("cap_reference", wrong=wrong[0][:80]), field="references")


def _written(form: re.Pattern[str], text: str) -> bool:
    """Whether a text is of a form and has nothing that XML cannot carry, such as control characters."""
    return text.isprintable() and form.fullmatch(text) is not None


def _add_info(alert: Element, language: str, title: str, incident: Incident, publication: Publication) -> Element:
    over = incident.state in OVER
    body = {
        "language": language,
        "category": CATEGORIES.get(incident.domain, "Other"),
        "event": title,
        "responseType": "AllClear" if over else "Monitor",
        "urgency": "Past" if over else "Immediate",
        "severity": SEVERITIES.get(incident.severity, "Unknown"),
        "certainty": "Likely" if incident.suspected else "Observed",
        "onset": _time(incident.opened_at.astimezone(publication.sent.tzinfo)),
        "expires": _time(publication.sent + publication.expires),
        "headline": title,
    }
    info = SubElement(alert, "info")
    _add(info, body)
    return info


def _add_area(info: Element, places: str, incident: Incident, publication: Publication) -> None:
    area = SubElement(info, "area")
    _add(area, {"areaDesc": places})
    if incident.position is not None:
        lon, lat = incident.position
        _add(area, {"circle": f"{lat:.5f},{lon:.5f} {publication.radius_km:g}"})


def _add(parent: Element, texts: dict[str, str]) -> None:
    """Children in the order of the schema; what is empty is left out."""
    for name, text in texts.items():
        if text:
            SubElement(parent, name).text = text


def _time(at: datetime) -> str:
    """CAP wants an offset in digits and no fractions of seconds."""
    text = at.replace(microsecond=0).isoformat()
    return text.removesuffix("+00:00") + "-00:00" if text.endswith("+00:00") else text
