"""Correlation rules as data: the form of `rules/*.toml` and of their reference records."""

import msgspec

MOVES_FROM_M = 5000.0
REACH = 1.5
"""How much farther than `within_m` two members of what moves may be: of a front not every place reports (ADR 0031)."""


class Hop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of the way from cause to effect in the dependency graph."""

    relation: str
    min: int = 1
    max: int = 1
    """How many edges of this relation; `+` is 1..8, `*` is 0..8."""
    against: bool = False
    """Walk the edges against their direction."""
    confidence: float = 0.95
    """What one edge leaves of a score: nearer causes explain better."""


class Cause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a cause rule: what causes what, along which way, with which delay."""

    causes: list[str]
    """Signal kinds."""
    effects: list[str]
    along: list[Hop] = []
    """Empty with `same_asset` or `within_m`."""
    same_asset: bool = False
    within_m: float | None = None
    """By distance instead of a way."""
    downwind: bool = False
    """With within_m: only down wind where wind is known."""
    delay_min: float = 0.0
    delay_max: float = 0.0
    """Seconds between cause and effect."""
    delay_per_hop: bool = False
    """The range counts for each hop."""
    begins_until: float | None = None
    """Seconds after the cause has ended until which an effect may still begin: a jam hours after the works is none of
    theirs. None: the range alone counts, since rain and what was spilled are still on their way."""
    outlived_after: float | None = None
    """Seconds after the cause has ended by which its effects have ended too: what goes on longer, such as a sensor that
    stays silent with power back, is none of it any more. None: an effect stays, however long."""
    confidence: float = 0.9
    conditions: list[str] = []
    """Signal kinds that must be active at the effect's place then, cited, never joined."""
    suspect_from: int | None = None
    """At least so many effects without a cause make the common upstream asset suspected."""
    suspect_within: float = 120.0
    """Seconds in which so many effects must have begun."""


class Same(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a same rule: signals of these kinds near in place and time report one thing."""

    kinds: list[str]
    within_m: float | None = None
    within_s: float = 0.0
    """± seconds between raised_at of anchor and member."""
    along: list[Hop] = []
    """Near an asset reached this way from the anchor's asset (an asset that the feeder feeds)."""
    same_asset: bool = False
    confidence: float = 0.95
    repeats: list[str] = []
    """Kinds of which several signals may tell of one thing (citizens' reports); of the others a group holds one.
    Default: a kind that stands alone."""
    text: float | None = None
    """Several groups are equally good: the one whose words, of any signal before this one, are by so much (0 to 1,
    Dice's coefficient of runs of three letters) more like this one's than those of any other is taken. None: words
    decide nothing."""
    moving: bool | None = None
    """What it tells of moves, as a storm front does: a signal joins when it is near any member, not only the first,
    at most half as far again as `within_m`, and so joins groups to one; all kinds repeat. Else a group is held to its
    first signal. Default: from `within_m` 5 km on, since what is told of over such a distance does not stand in one
    place."""

    @property
    def moves(self) -> bool:
        """Whether its groups are chains."""
        return self.moving if self.moving is not None else (self.within_m or 0.0) >= MOVES_FROM_M

    @property
    def reach_m(self) -> float | None:
        """Metres that may lie between two signals that are linked; None where no distance is asked for."""
        return self.within_m * REACH if self.within_m is not None and self.moves else self.within_m


ALL, ANY, AT_LEAST, SEQUENCE = "all", "any", "at_least", "sequence"
MODES = (ALL, ANY, AT_LEAST, SEQUENCE)


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"absent": "not"}):
    """One line of a pattern: signals that are counted, or that must (`cited`) or must not (`not`) go on meanwhile."""

    kinds: list[str]
    severity: str | None = None
    """At least so bad."""
    count: int = 1
    """So many of them."""
    distinct: bool = False
    """Assets are counted: of several signals about one asset the first."""
    absent: bool = False
    """TOML key `not`: nothing of it goes on then. It stands first (before the others), last (after them), or in a
    sequence between two others."""
    cited: bool = False
    """It must go on while the anchor does, is named in the why, and never joins."""
    within_s: float | None = None
    """Seconds, of `not`: how long before or after (default: the pattern's); of `cited`: how long before the anchor it
    may have ended (default 0); else, in a sequence: after the part before it (default: the pattern's alone)."""


class Pattern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a pattern rule: which signals together mean something of their own (docs/guides/rules.md)."""

    parts: list[Part]
    mode: str = ALL
    """`all` of the parts, `any` of them, `at_least` so many as `least` says, or all in this `sequence`."""
    least: int | None = None
    within_s: float
    """What is counted begins at most so many seconds after the anchor, the first of it."""
    gathers_s: float | None = None
    """Once it holds: what fits and begins so many seconds after the anchor joins too; default `within_s`."""
    within_m: float | None = None
    """Place: at most so many metres from the anchor."""
    same_zone: bool = False
    same_asset: bool = False
    along: list[Hop] = []
    """A way in the dependency graph from the asset of an earlier part to that of a later one."""
    at_once: bool = False
    """Only what begins while the anchor still goes on counts."""
    opens: bool = True
    """It opens an incident of its own kind, the rule's id; false: its members only become one incident."""
    severity: str = "minor"
    """Of the incident that it opens, unless an active member is worse."""

    @property
    def counted(self) -> list[Part]:
        """The parts whose signals are counted and become members, in order."""
        return [part for part in self.parts if not (part.absent or part.cited)]

    @property
    def gathered_s(self) -> float:
        """Seconds after the anchor in which members may begin."""
        return max(self.within_s, self.gathers_s or 0.0)

    @property
    def beside_s(self) -> float:
        """Seconds before the anchor, or after the last that is counted, over which it looks for `not` and `cited`."""
        beside = [part.within_s if part.within_s is not None else self.within_s for part in self.parts]
        return max(beside, default=0.0)


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule file: id = file name. Exactly one of cause, same and pattern."""

    id: str
    title: str
    title_vi: str
    runbook: str
    runbook_vi: str
    version: int = 1
    enabled: bool = True
    margin: float = 0.05
    """A lead below it is a tie: no link, candidates kept."""
    cause: Cause | None = None
    same: Same | None = None
    pattern: Pattern | None = None
    procedure: list[str] = []
    """What to do about what it joins: steps that it adds to the checklist of the incident (see schemas/procedures)."""
    procedure_vi: list[str] = []
