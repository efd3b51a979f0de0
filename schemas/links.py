"""What travels on `city.links.v1`: complete explanations of groups, and ticks."""

import msgspec

from schemas.signals import Signal

SAME, CAUSE, PATTERN, MANUAL = "same", "cause", "pattern", "manual"


class Link(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """This belongs to that, because …"""

    kind: str
    """`same`, `cause`, `pattern`, `manual`."""
    rule: str
    """Rule id; `measures` for sensors of one asset; `tied` for what has the same possible causes; the user for manual
    links."""
    rule_version: int = 0
    cause: str
    """Signal id: the anchor of the cause's group (kind cause), of the own group (kind same), or of the group that it is
    held to (kind pattern, or same)."""
    effect: str
    """Signal id of the effect, or of the member that joined."""
    path: tuple[str, ...] = ()
    """Asset ids from cause to effect, both ends included, as walked in the dependency graph."""
    relations: tuple[str, ...] = ()
    """The relation of each hop of `path`, `~name` when walked against its direction."""
    distance_m: float | None = None
    delay_s: float | None = None
    """effect.raised_at − cause.raised_at."""
    score: float = 1.0
    """0 to 1; comparable among the candidates of one effect."""
    conditions: tuple[str, ...] = ()
    """Ids of signals that had to hold and did."""
    reason: str = ""
    """Why a candidate lost: `tie`, `weaker`, `screened`, `wording`, `cycle`, `apart`, `outside_delay`, `ended`,
    `outlived`, `upwind`, `condition`; of a pattern `timed_out`, `elsewhere` (another pattern has it already); empty for
    a link that holds."""
    why: str = ""
    why_vi: str = ""
    """The explanation in words."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="explanation", tag_field="record"):
    """The complete present explanation of one group; replaces every older one of it."""

    group: str
    """Id of the group = id of its anchor signal: the first by (raised_at, id) of those that tell of nothing else, as a
    report does; of reports alone the first."""
    region: str
    signals: tuple[Signal, ...]
    """All members, anchor first. Empty: the group is gone (its signals are in others now)."""
    became: str | None = None
    """Of a group that is gone: the signal that took the place of its anchor, judged to have begun at another time."""
    same: tuple[Link, ...] = ()
    """One for each member but the anchor."""
    parent: Link | None = None
    """The one cause, if any; `parent_group` is its group."""
    parent_group: str | None = None
    candidates: tuple[Link, ...] = ()
    """Near misses and ties, best first, at most ten."""
    held: Link | None = None
    """What holds it to others where no cause explains it: a pattern, or (kind same) that it fits several groups of one
    story equally well, or is tied between the same stories."""
    held_to: str | None = None
    """The group to which it is held; its own id for the first of a pattern."""
    pattern: str | None = None
    """Rule id of the pattern that opened it: the first of its groups says so, with the three below."""
    pattern_title: str = ""
    pattern_title_vi: str = ""
    pattern_severity: str | None = None
    suspected_asset: str | None = None
    """The common upstream asset when the cause never reported: groups with the same one form one incident."""
    why: str = ""
    why_vi: str = ""
    """Of a group with no parent: what is known about its cause, in words."""
    opens: bool = True
    """False when every member's kind may join but never open."""
    settle_s: float = 0.0
    """How long sound and webhooks wait, because some rule could still explain it."""
    revision: int = 0
    """Offset of the signal record that caused it; newer replaces older."""
    part_of: str | None = None
    """Only in PostgreSQL: the group that people took this part away from."""


class LinkTick(msgspec.Struct, frozen=True, kw_only=True, tag="clock", tag_field="record"):
    """Correlate's clock: the minimum over the input partitions."""

    now_ms: int
    clock: str = "live"
    sent_ms: int = 0
    stages: dict[str, int] = {}
    """Wall clock at which each stage passed it on, Unix milliseconds."""


LinkRecord = Explanation | LinkTick
decode_link_record = msgspec.json.Decoder(LinkRecord).decode

__all__ = ["CAUSE", "MANUAL", "PATTERN", "SAME", "Explanation", "Link", "LinkRecord", "LinkTick", "decode_link_record"]
