"""What people and feeds wish for, checked, as windows."""

from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from city.geometry import fault
from city.suppression.matching import FIELDS
from schemas.errors import Invalid
from schemas.events import Event, Work
from schemas.ids import digest
from schemas.refusals import refusal
from schemas.sentences import say
from schemas.signals import SEVERITIES
from schemas.suppression import SILENCE, WORKS, Match, Window

EVERY_EFFECT = ("*",)
LONGEST = {SILENCE: timedelta(days=31), WORKS: timedelta(days=366)}
W = TypeVar("W", bound=Work)
MOST_VALUES, LONGEST_TEXT, WIDEST_M = 200, 200, 20_000.0


class Author(msgspec.Struct, frozen=True):
    """Who wishes it, when, and for which agency only."""

    name: str
    at: datetime
    agency: str | None = None


def checked_works(work: W) -> W:
    """The works. Raises Invalid unless they have a place."""
    if not work.assets and work.geometry is None:
        raise Invalid(say("place_required"), field="assets")
    if work.geometry is not None and (wrong := fault(work.geometry)):
        raise Invalid(wrong[1], field=wrong[0])
    return work


def checked_match(match: Match, field: str = "match") -> Match:
    """The match. Raises Invalid naming the field if it says nothing, too much, or what cannot be."""
    if not match.geometry and not any(getattr(match, name) for name in FIELDS):
        raise Invalid(say("match_empty"), field=field)
    for name in FIELDS:
        values = getattr(match, name)
        if len(values) > MOST_VALUES or any(not text or len(text) > LONGEST_TEXT for text in values):
            raise Invalid(say("match_texts", most=MOST_VALUES, longest=LONGEST_TEXT), field=f"{field}.{name}")
    for text in match.severity:
        if text not in SEVERITIES and not set("*?") & set(text):
            raise Invalid(say("value_none_of", value=text, known=", ".join(SEVERITIES)), field=f"{field}.severity")
    if match.geometry is not None and (wrong := fault(match.geometry)):
        raise Invalid(wrong[1], field=f"{field}.{wrong[0]}")
    if not 0 <= match.near_m <= WIDEST_M:
        raise Invalid(say("metres_outside", most=WIDEST_M), field=f"{field}.near_m")
    return match


def checked_window(window: Window, now: datetime, before: Window | None = None) -> Window:
    """The window. Raises Invalid unless it has a reason, an owner, and an end that is neither past nor far off.

    One that is longer already, as a feed may announce works, may stay so or become shorter: it is the one `before`.
    """
    for name in ("reason", "owner"):
        text = getattr(window, name).strip()
        if not text or len(text) > 10 * LONGEST_TEXT:
            raise Invalid(say("text_length", most=10 * LONGEST_TEXT), field=name)
    if window.ends_at <= now:  # asked first: `from` may be one that nobody gave
        raise Invalid(say("over_already"), field="to")
    if window.ends_at <= window.starts_at:
        raise Invalid(say("after_from"), field="to")
    lasts = window.ends_at - window.starts_at
    if lasts > LONGEST[window.kind] and (before is None or lasts > before.ends_at - before.starts_at):
        raise Invalid(say("window_too_long", days=LONGEST[window.kind].days), field="to")
    return window


def works(window_id: str, work: Work, author: Author, reason: str | None = None) -> Window:
    """Planned works: they cover their expected effects at their assets, in their geometry, and down the chain."""
    places = [Match(asset=tuple(work.assets))] if work.assets else []
    places += [Match(geometry=work.geometry)] if work.geometry else []
    expected = tuple(work.expected_effects)
    return Window(
        id=window_id,
        kind=WORKS,
        starts_at=work.starts_at,
        ends_at=work.ends_at,
        matches=tuple(msgspec.structs.replace(place, kind=expected) for place in places) if expected else (),
        effects=expected,
        owner=author.name,
        reason=reason or work.kind,
        agency=author.agency,
        created_by=author.name,
        created_at=author.at,
        work=work,
    )


def planned(event: Event) -> Window:
    """The works that a feed announced, `work.planned`; the same event gives the same id. Raises Invalid."""
    try:
        work = msgspec.convert(event.data, Work)
    except msgspec.ValidationError as error:
        raise refusal(error, "data") from None
    return works(f"works-{digest(event.source, event.id)}", work, Author(event.source, event.received_at))
