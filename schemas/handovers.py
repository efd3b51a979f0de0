"""Shift hand-over: what the next shift gets, frozen as it was."""

import msgspec

from schemas.incidents import Due, Shelved
from schemas.suppression import Suppressed, Window
from schemas.times import At


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is still to be done."""

    key: str
    """`<sheet id>/<step id>`, for the commands `tick` and `untick`."""
    text: str
    text_vi: str
    agency: str | None
    role: str | None
    due_at: At | None


class OpenWork(msgspec.Struct, frozen=True, kw_only=True):
    """A live incident, as it was handed over."""

    id: str
    version: int
    title: str
    title_vi: str
    kind: str
    severity: str
    state: str
    opened_at: At
    assignee: str | None
    """Who works on it."""
    acknowledged_by: str | None
    agencies: tuple[str, ...]
    acknowledge_due: Due | None = None
    resolve_due: Due | None = None
    shelved: Shelved | None = None
    """By whom, why, until when it is set aside."""
    suppressed: Suppressed | None = None
    """By which silences or works."""
    steps: int = 0
    steps_done: int = 0
    next_steps: tuple[NextStep, ...] = ()
    """The first that are not done, in order."""


class ShiftWork(msgspec.Struct, frozen=True, kw_only=True):
    """All work of a desk at one moment; what comes later does not change it."""

    open: tuple[OpenWork, ...]
    """The worst first, then the oldest."""
    shelved: tuple[OpenWork, ...]
    """What comes back first, first."""
    silences: tuple[Window, ...]
    """In force or to come."""
    works: tuple[Window, ...]
    """Planned works in force or to come within the next day."""


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """One shift gives its work to the next, and that one takes it."""

    id: int
    agency: str | None
    """Whose desk; null: the center's own."""
    by: str
    at: At
    notes: str
    accepted_by: str | None
    """null: it waits for the next shift."""
    accepted_at: At | None
    accepted_note: str | None
    snapshot: ShiftWork
