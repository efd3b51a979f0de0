"""Domains and limits as data: the form of `domains/*.toml` and `limits/*.toml` and of their reference records."""

from datetime import date

import msgspec


class Quantity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a sensor of the domain measures."""

    unit: str
    """The quantity's own unit, if possible a SenML unit (RFC 8428, RFC 8798): others are converted to it. Readings in
    a unit that is none must have just this one, or say none."""
    name: str
    name_vi: str
    min: float | None = None
    max: float | None = None
    """Plausible range, ±1e15 where it is not said; a value outside it is dead-lettered."""
    period_s: float = 60.0
    """Usual time between readings of one sensor; sensors slower than 5 s are re-judged after late readings."""


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"for_s": "for"}):
    """A named test on readings: one of above, below, deviation, absent_for, stuck_for, copied_for, state, limit."""

    id: str
    """`<domain>.<name>`, unique over all domains."""
    kind: str
    """Kind of the signal that it raises."""
    severity: str
    quantity: str
    name: str
    name_vi: str
    above: float | None = None
    below: float | None = None
    limit: str | None = None
    """`Limit.key`: the row in force at the reading's time, the asset's own where there is one, is the value of
    `above`; of `below` with `side = "below"`."""
    times: float = 1.0
    """With `limit`: so many times its value breaks it, so that what is far past a limit can be worse."""
    side: str | None = None
    """With `limit`: which side of it breaks it, `above` (default) or `below`. With `deviation`: the only side that
    counts; default: either."""
    clear: float | None = None
    """Hysteresis: ends when the value is back past this; default the limit itself, of `deviation` half of it. With
    `limit`: a factor of it, mirrored where it is below zero: as far on its calm side."""
    for_s: float = 0.0
    """It must hold this long, seconds of event time (TOML key `for`)."""
    over: float = 0.0
    """Window in seconds for `function`; 0 judges single readings."""
    function: str = "mean"
    """mean, max, min, rate (per hour), sum or ceiling (share of the readings that equal the greatest, 0 where all are
    equal) over the window `over`; a mean over very many readings goes on in steps of a 24th of it."""
    hours: tuple[int, int] | None = None
    """Local hours of the day, from the first to before the second (over midnight where it is smaller), in which it is
    judged: outside nothing begins and nothing ends."""
    deviation: float | None = None
    """How many robust standard deviations from the sensor's own learned normal by time of day, on either side unless
    `side` names one; negative: below only. With `over` the mean, max or min of the window is compared with it."""
    absent_for: float | None = None
    """Seconds without any reading of the sensor."""
    stuck_for: float | None = None
    """Seconds of exactly equal values."""
    copied_for: float | None = None
    """Seconds of values that repeat, exactly and varying, what the same sensor sent before, within `over`."""
    state: str | None = None
    """What the instrument says of itself: `calibrating` or `fault`."""
    applies_to: tuple[str, ...] = ()
    """Asset kinds of the measured asset; empty: all sensors that observe the quantity."""
    hold_down: float | None = None
    """Seconds that a signal of its kind must stay cleared, where that is longer than the kind's own."""
    enabled: bool = True
    """False: it judges nothing, and what it raised ends."""

    @property
    def test(self) -> str:
        """Which test it is, whatever its numbers are: what another one found says nothing of it."""
        others = ("deviation", "absent_for", "stuck_for", "copied_for", "state")
        name = next((name for name in others if getattr(self, name) is not None), "level")
        window = self.function if self.over and name in ("level", "deviation") else ""
        return f"{name} {window} {'below' if self.is_below else ''}"

    @property
    def is_below(self) -> bool:
        """Whether only low values break it."""
        return self.below is not None or self.side == "below" or (self.deviation or 0.0) < 0

    @property
    def is_either(self) -> bool:
        """Whether both what is too high and what is too low breaks it."""
        return self.deviation is not None and self.deviation > 0 and self.side is None


class Domain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of feed and how to judge it."""

    id: str
    name: str
    name_vi: str
    description: str
    description_vi: str
    colour: str = "#666666"
    lateness_s: float | None = None
    """How late its input may come and still count as in time, seconds; default: the city's (30 minutes)."""
    permits: tuple[str, ...] = ()
    """Keys of limits of which no national row is known: rows come from permits and cities; without one nothing is
    judged."""
    quantities: dict[str, Quantity] = {}
    conditions: list[Condition] = []
    kinds: dict[str, "SignalKind"] = {}
    """Signal kinds of the domain, those raised only by other systems included."""

    @property
    def judging(self) -> list[Condition]:
        """The conditions that are enabled."""
        return [condition for condition in self.conditions if condition.enabled]


class SignalKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of signal: its words."""

    name: str
    name_vi: str
    opens: bool = True
    """False: may join an incident, never opens one."""
    hold_down: float = 60.0
    """Seconds it must stay cleared before an incident of it resolves; what comes again before is the same to rules."""
    wind: bool = False
    """The wind at its place, where a sensor of its zone tells it, belongs to its evidence."""
    warned: list[str] = []
    """Words in the event of a CAP message that make it a warning of this kind."""


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dated limit row (DESIGN D3): in force for valid_from <= local civil date < valid_to."""

    key: str
    """The name conditions refer to."""
    name: str = ""
    name_vi: str = ""
    """What people call it; where both are empty what another row with its key is called, else the key."""
    value: float
    unit: str
    averaging_s: float = 0.0
    asset: str | None = None
    """An override for this asset only: a permit, a station's own level."""
    valid_from: date
    valid_to: date | None = None
    legal_ref: str
    status: str = "official"
    """`official`, `secondary` or `own` (our choice, not law); [unconfirmed] numbers are not shipped."""

    @property
    def id(self) -> str:
        """The key of its reference record: `<key>[@asset]/<valid_from>`."""
        return f"{self.key}{'@' + self.asset if self.asset else ''}/{self.valid_from.isoformat()}"
