"""The duty roster: who can be reached away from the desk, how, and when it is whose turn."""

import re
from typing import Annotated, Literal

import msgspec

from schemas.times import At

ON_DUTY = "duty"
"""Among those whom an endpoint tells: whoever is on duty when it is sent."""
FIRST, LAST = 1, 3
"""Levels: the first is told at once, the next ones as an incident escalates."""
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
EMAIL = re.compile(rf"(?=.{{3,254}}\Z){ATOM}(\.{ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""Before the `@` a dot-atom (RFC 5322, 3.2.3): no dot first, last or twice, which no mail header takes."""
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


class Turn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A turn of duty of one person, once or again and again."""

    name: str
    agency: str | None = None
    """null: for the whole city."""
    email: str = ""
    phone: str = ""
    """E.164: `+84901234567`."""
    language: Literal["vi", "en"] = "vi"
    """In which the person is told."""
    level: Annotated[int, msgspec.Meta(ge=FIRST, le=LAST)] = FIRST
    """1: told at once; 2, 3: once it was escalated so often."""
    starts_at: At
    ends_at: At
    repeats: str = ""
    """A rule of RFC 5545 such as `FREQ=WEEKLY;BYDAY=MO,FR`, by the city's clock; empty: once."""


class Duty(Turn, frozen=True, kw_only=True):
    """A turn of duty as the roster has it."""

    id: str
    revision: int
    """Counts the edits of it."""


class Shift(msgspec.Struct, frozen=True, kw_only=True, rename={"starts_at": "from", "ends_at": "to"}):
    """One time at which it is the turn of somebody."""

    duty: str
    """Id of the turn of duty."""
    name: str
    level: int
    email: str
    phone: str
    starts_at: At
    ends_at: At


class Gap(msgspec.Struct, frozen=True, kw_only=True, rename={"starts_at": "from", "ends_at": "to"}):
    """A time without anybody who would be told at once."""

    starts_at: At
    ends_at: At


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """Who is on duty for one agency, or for the whole city."""

    agency: str | None
    """null: the whole city."""
    now: tuple[Shift, ...]
    """By level."""
    coming: tuple[Shift, ...]
    """What begins later within the hours asked for, the soonest first."""
    gaps: tuple[Gap, ...]
    """With nobody of level 1, neither its own nor for the whole city: what happens then is told to nobody at first."""


class OnDuty(msgspec.Struct, frozen=True, kw_only=True, rename={"starts_at": "from", "ends_at": "to"}):
    """Who is on duty at a time and in the hours after it."""

    starts_at: At
    ends_at: At
    nobody_now: tuple[str | None, ...]
    """Agencies, null for the whole city, of which nobody would be told now."""
    nobody_later: tuple[str | None, ...]
    """Those that have such a gap later within the hours asked for."""
    watches: tuple[Watch, ...]
    """The whole city first, then each agency."""
    unreachable: tuple[str, ...] = ()
    """Ids of the turns in `watches` of which nobody can be told: no endpoint for people that is on has a way to him."""
