"""Procedures as data: the form of `procedures/*.toml` and of their reference records, and the checklist they become."""

import msgspec

from schemas.times import At

ROLES = ("operator", "supervisor")
"""Who at the center's own desk a step may be for; `operator` if it names neither role nor agency."""


class ProcedureStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to do, in words that can be followed."""

    id: str
    """Unique within its procedure; ticks are kept under it."""
    text: str
    text_vi: str
    agency: str | None = None
    """Id of the agency in charge."""
    role: str | None = None
    """Instead of an agency, one of ROLES."""
    due_minutes: float | None = None
    """To be done so long after the incident got its checklist."""
    link: str | None = None
    """Address of a form, a telephone list, a map."""


class Procedure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to do about incidents of some kinds: id = file name; a kind has one procedure."""

    id: str
    title: str
    title_vi: str
    kinds: tuple[str, ...]
    """Kinds of incidents: signal kinds or ids of pattern rules."""
    version: int = 1
    """Grows with every edit; an incident keeps the one that it began with."""
    steps: tuple[ProcedureStep, ...] = ()


class Done(msgspec.Struct, frozen=True):
    """A tick: who did the step, and when he said so."""

    by: str
    at: At
    note: str | None = None


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure as an incident got it: later edits do not change it, its words are kept under `digest`."""

    id: str
    """Of the procedure, or `rule/<id>` for what a correlation rule adds."""
    version: int
    digest: str
    at: At
    """When the incident got it; its steps' times count from here."""
    steps: tuple[str, ...]
    """Ids, in order."""


class Checklist(msgspec.Struct, frozen=True):
    """Everything to do about one incident, and what of it is done."""

    sheets: tuple[Sheet, ...] = ()
    done: dict[str, Done] = {}
    """`<sheet id>/<step id>` → its tick."""
