"""Warnings of the weather service as CAP 1.2 messages (OASIS CAP 1.2 §3.2), marked as of a simulation."""

from collections.abc import Mapping
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SENDER = "hydromet@simulator.example"
NOTE = "Mô phỏng: bản tin của thành phố minh họa"


def cap_xml(name: str, words: Mapping[str, object], times: Mapping[str, datetime]) -> str:
    """`words`: event, areaDesc, geocode; `times`: sent, onset, expires, aware; `name` has no blanks."""
    alert = Element("alert", xmlns=NAMESPACE)
    _add(alert, identifier=name, sender=SENDER, sent=_time(times["sent"]), status="Actual", msgType="Alert")
    _add(alert, scope="Public", note=NOTE)
    info = SubElement(alert, "info")
    _add(info, language="vi-VN", category="Met", event=words["event"], urgency="Expected", severity="Severe")
    _add(info, certainty="Likely", onset=_time(times["onset"]), expires=_time(times["expires"]))
    _add(info, headline=f"{words['event']} tại {words['areaDesc']}")
    area = SubElement(info, "area")
    _add(area, areaDesc=words["areaDesc"])
    _add(SubElement(area, "geocode"), valueName="unit", value=words["geocode"])
    return tostring(alert, encoding="unicode")


def _add(parent: Element, **texts: object) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = str(text)


def _time(at: datetime) -> str:
    """CAP wants an offset in digits and no fractions of seconds."""
    return at.isoformat(timespec="seconds")
