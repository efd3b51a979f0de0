"""CAP 1.2 messages: checked as far as routing needs, the original kept (OASIS CAP 1.2 §3.2)."""

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from city.space import Position, pairs_of
from schemas.cloudevents import CloudEvent, is_json
from schemas.errors import Invalid
from schemas.refusals import checked
from schemas.sentences import say
from schemas.times import told_ms

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
REQUIRED = ("identifier", "sender", "sent", "status", "msgType", "scope")
STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
SENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
NO_BLANKS = re.compile(r"[^\s,<&]+")
LONGEST_ID = 512
CIRCLE = re.compile(r"(?P<centre>\S+)\s+\+?(\d+\.?\d*|\.\d+)")
MOST_NORTH = 90.0
CORNERS = 4
"""Pairs of the least polygon: a triangle, and its first corner again."""


class _Area(msgspec.Struct, frozen=True):
    polygons: list[str] = []
    circles: list[str] = []


class _Info(msgspec.Struct, frozen=True):
    areas: list[_Area] = []
    onset: str | None = None
    expires: str | None = None


def cap_data(event: CloudEvent) -> dict[str, Any]:
    """The head of the message and, for XML, its text as `original`. Raises Invalid naming the element."""
    if event.data_base64 is not None or not is_json(event.datacontenttype):
        payload: Any = event.payload()
    else:
        payload = checked(msgspec.json.decode, event.payload(), "data")
    if isinstance(payload, dict):
        return _checked_head(payload, payload)
    text = payload if isinstance(payload, bytes) else str(payload).encode()
    if text[:1] == b'"':  # XML as a JSON string
        text = checked(msgspec.json.Decoder(str).decode, text, "data").encode()
    alert = _parsed(text)
    head = {name: _text(alert, name) for name in REQUIRED}
    if references := _text(alert, "references"):
        head["references"] = references
    return _checked_head(head, {**head, "infos": _infos(alert), "original": _original(text)})


def _parsed(text: bytes) -> Element:
    try:
        alert: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise Invalid(say("not_xml", reason=error), field="data") from None
    if alert.tag != f"{{{NAMESPACE}}}alert":
        raise Invalid(say("not_cap", namespace=NAMESPACE), field="data")
    return alert


def _text(parent: Element, name: str) -> str:
    return (parent.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()


def _infos(alert: Element) -> list[dict[str, Any]]:
    names = ("language", "event", "urgency", "severity", "certainty", "headline", "onset", "expires")
    found = []
    for info in alert.iter(f"{{{NAMESPACE}}}info"):
        said: dict[str, Any] = {name: text for name in names if (text := _text(info, name))}
        areas = [_area(area) for area in info.iter(f"{{{NAMESPACE}}}area")]
        found.append(said | ({"areas": areas} if areas else {}))
    return found


def _area(area: Element) -> dict[str, Any]:
    """`words`, and where given `codes`, `polygons`, `circles`."""
    texts = {
        "codes": [_text(code, "value") for code in area.iter(f"{{{NAMESPACE}}}geocode")],
        "polygons": [text for one in area.iter(f"{{{NAMESPACE}}}polygon") if (text := (one.text or "").strip())],
        "circles": [text for one in area.iter(f"{{{NAMESPACE}}}circle") if (text := (one.text or "").strip())],
    }
    return {"words": _text(area, "areaDesc"), **{name: found for name, found in texts.items() if found}}


def _original(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _checked_head(head: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    for name in REQUIRED:
        if not isinstance(head.get(name), str) or not head[name]:
            raise Invalid(say("cap_required"), field=f"data.{name}")
    if not SENT.fullmatch(head["sent"]):
        raise Invalid(say("cap_time"), field="data.sent")
    for name in ("identifier", "sender"):
        if not NO_BLANKS.fullmatch(head[name]):
            raise Invalid(say("cap_blanks"), field=f"data.{name}")
        if len(head[name]) > LONGEST_ID:
            raise Invalid(say("longer", kind="str", most=LONGEST_ID), field=f"data.{name}")
    if head["status"] not in STATUSES:
        raise Invalid(say("none_of", known=", ".join(STATUSES)), field="data.status")
    _check_infos(data)
    return data


def _check_infos(data: dict[str, Any]) -> None:
    """Raises Invalid naming the first time, polygon or circle that is none: the warning would be nowhere, or nobody's.

    What has not the form of infos is nobody's warning.
    """
    try:
        infos = msgspec.convert(data.get("infos", ()), list[_Info])
    except msgspec.ValidationError:
        return
    for at, info in enumerate(infos):
        for name, moment in (("onset", info.onset), ("expires", info.expires)):
            if moment is not None and not _is_time(moment):
                raise Invalid(say("cap_time"), field=f"data.infos.{at}.{name}")
        for place, area in enumerate(info.areas):
            _check_area(area, f"data.infos.{at}.areas.{place}")


def _check_area(area: _Area, field: str) -> None:
    for number, polygon in enumerate(area.polygons):
        if not _is_ring(polygon):
            raise Invalid(say("cap_polygon"), field=f"{field}.polygons.{number}")
    for number, circle in enumerate(area.circles):
        if not _is_circle(circle):
            raise Invalid(say("cap_circle"), field=f"{field}.circles.{number}")


def _is_time(text: str) -> bool:
    try:
        told_ms(text)
    except msgspec.ValidationError:
        return False
    return True


def _is_ring(polygon: str) -> bool:
    points = _on_earth(polygon)
    return len(points) >= CORNERS and points[0] == points[-1]


def _is_circle(circle: str) -> bool:
    found = CIRCLE.fullmatch(circle)
    return found is not None and bool(_on_earth(found["centre"]))


def _on_earth(pairs: str) -> list[Position]:
    """The positions; none if one is beyond a pole, as where somebody wrote lon,lat."""
    points = pairs_of(pairs)
    return points if all(abs(lat) <= MOST_NORTH for _, lat in points) else []
