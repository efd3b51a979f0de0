"""Backtests: rules, conditions and limits tried on the center's own history, and what would be different."""

from typing import Any

import msgspec

from schemas.domains import Condition, Domain, Limit
from schemas.rules import Rule
from schemas.times import At

APPEARS, VANISHES, MERGES, SPLITS, CHANGES = "appears", "vanishes", "merges", "splits", "changes"
WHAT = (APPEARS, VANISHES, MERGES, SPLITS, CHANGES)
QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
OVER = (DONE, FAILED, CANCELLED)
DIFFERENCES, REASONS, SIGNALS, SIGNAL_CHANGES = 200, 20, 20, 200
"""Most of each that one answer holds; the counts are whole."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """The body of `POST /v1/backtests`: what to try, and on which part of the history."""

    rules: list[Rule] = []
    """Each takes the place of the rule with its id, or is added."""
    domains: list[Domain] = []
    """Each takes the place of the domain with its id, or is added."""
    conditions: list[Condition] = []
    """Each takes the place of the condition with its id, or is added to the domain that its id begins with."""
    limits: list[Limit] = []
    """Each takes the place of the row with its id (`<key>[@asset]/<valid_from>`), or is added."""
    without: list[str] = []
    """Ids of rules and conditions in force that are left out."""
    start: At | None = None
    """From when on, event time; null: 24 hours before `to`."""
    to: At | None = None
    """Until when; null: now, in a city of recordings by their clock. Answers have both as they were then."""


class SignalBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A signal as far as a difference names it."""

    id: str
    kind: str
    asset: str
    raised_at: At
    cleared_at: At | None = None
    severity: str = ""


class SignalChange(msgspec.Struct, frozen=True, kw_only=True):
    """A signal that only one side has, or that is another one: what is about one asset, of one kind, at one time."""

    what: str
    """`appears`, `vanishes`, `changes`."""
    before: SignalBrief | None = None
    after: SignalBrief | None = None


class IncidentBrief(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as far as a difference names it; it exists in the backtest only, its id is no address."""

    id: str
    kind: str
    severity: str
    title: str
    title_vi: str
    opened_at: At
    root_asset: str | None
    root_signal: str | None
    suspected: bool
    signal_count: int
    signals: tuple[SignalBrief, ...]
    """The first 20."""


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of an incident that would be another one."""

    field: str
    before: Any
    after: Any


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why: a link that is made or lost, a suspicion, a signal that is raised or is not."""

    what: str
    """`joins`, `parts`, `suspects`, `suspects_no_more`, `raised`, `not_raised`, `moved`."""
    rule: str | None = None
    """Rule of a link, condition of a signal."""
    cause: str | None = None
    """Signal ids of a link; of a signal its own as `effect`."""
    effect: str | None = None
    why: str
    why_vi: str


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that would be different."""

    what: str
    """`appears`, `vanishes`, `merges`, `splits`, `changes`."""
    before: tuple[IncidentBrief, ...]
    """As judged by what is in force."""
    after: tuple[IncidentBrief, ...]
    """As judged by the proposal."""
    fields: tuple[FieldChange, ...] = ()
    """`changes`: severity, kind, root, time of opening, members."""
    reasons: tuple[Reason, ...] = ()
    """At most 20, those that decide first."""


class Findings(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from"}):
    """What a backtest found."""

    start: At
    """Later than asked for if the readings reach back no further."""
    to: At
    signals_before: int
    signals_after: int
    incidents_before: int
    incidents_after: int
    counts: dict[str, int]
    """How many of each `what`, all of them."""
    differences: tuple[Difference, ...]
    """At most 200, in the order of their first incident."""
    kinds: tuple[str, ...] = ()
    """Kinds of signals that were judged anew from readings, on both sides; all other signals are the recorded ones."""
    readings: int = 0
    """How many readings were judged anew."""
    signal_counts: dict[str, int] = {}
    """How many signals appear, vanish and change, all of them."""
    signals: tuple[SignalChange, ...] = ()
    """At most 200 of these, the first raised first."""


class BacktestView(msgspec.Struct, frozen=True, kw_only=True):
    """A backtest and how far it has come."""

    id: str
    state: str
    """`queued`, `running`, `done`, `failed`, `cancelled`."""
    progress: float
    """0 to 1."""
    step: str
    """What it is doing."""
    by: str
    created_at: At
    proposal: Proposal
    findings: Findings | None = None
    error: str | None = None
    """`failed`: why."""
