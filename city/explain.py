"""Why, in words: one sentence in English and one in Vietnamese for every link and every near miss."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import msgspec

from city.compass import wind_words
from city.graph import Graph, Walk
from city.languages import Pair
from city.near_misses import NEAR_MISS
from city.relation_words import said
from schemas.assets import Asset, RelationWords
from schemas.domains import SignalKind
from schemas.signals import Signal

AGAIN: Pair = (" came again", " tái diễn")
TOLD_AGAIN: Pair = (", which came again", ", lúc tái diễn")
"""What is said of what had ended before and began again: of a cause, and of what others tell of."""
REMEMBERED = 50_000
"""So many names of what was raised where, and so many words that are rendered again and again, are kept."""


class Telling(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a cause sentence needs."""

    cause: Signal
    effect: Signal
    walk: Walk | None = None
    distance_m: float | None = None
    delay_range_s: tuple[float, float] = (0.0, 0.0)
    again: bool = False
    """The cause is one that had begun before and ended, and came again."""
    conditions: Sequence[str] = ()
    """Kinds that had to hold."""
    wind_deg: float | None = None
    """Where the wind came from, where the rule asks for it and it is known."""
    reason: str = ""
    """Of a near miss, one of NEAR_MISS; empty for a link that holds."""
    likeness: float | None = None
    """How alike their words are, 0 to 1, where these decided."""
    also: int = 0
    """How many others of the same incident fit as well."""

    @property
    def delay_s(self) -> float:
        """Seconds from the cause to the effect."""
        return (self.effect.raised_at - self.cause.raised_at).total_seconds()

    @property
    def comes_again(self) -> bool:
        """Both are of one kind at one asset: it had ended in between."""
        return (self.effect.kind, self.effect.asset) == (self.cause.kind, self.cause.asset)


@lru_cache(REMEMBERED)
def lowered(words: str) -> str:
    """Words as they stand within a sentence; COD and PM10 stay."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def within(name: str) -> str:
    """A name as it stands within a sentence: what it says after a colon, as names of sensors do, is put in brackets."""
    what, _, more = name.partition(": ")
    return f"{what} ({more})" if more else name


def _number(value: float) -> str:
    return str(round(value))


def duration(seconds: float) -> Pair:
    """ "3 min" and "3 phút": seconds below two minutes, then minutes, then hours and minutes."""
    return _duration(round(abs(seconds)))


@lru_cache(REMEMBERED)
def _duration(whole: int) -> Pair:
    if whole < 120:
        return f"{whole} s", f"{whole} giây"
    minutes = round(whole / 60)
    if minutes < 120:
        return f"{minutes} min", f"{minutes} phút"
    hours, rest = divmod(minutes, 60)
    return (f"{hours} h {rest} min", f"{hours} giờ {rest} phút") if rest else (f"{hours} h", f"{hours} giờ")


def distance(metres: float) -> Pair:
    """ "320 m" and "320 m"; from one kilometre "1.4 km" and "1,4 km"."""
    if metres < 1000:
        return f"{_number(metres)} m", f"{_number(metres)} m"
    words = f"{metres / 1000:.1f} km"
    return words, words.replace(".", ",")


@lru_cache(REMEMBERED)
def _delay(seconds: int) -> Pair:
    length_en, length_vi = duration(seconds)
    if seconds == 0:
        return "at the same time as", "cùng lúc với"
    if seconds < 0:
        return f"{length_en} before", f"{length_vi} trước"
    return f"{length_en} after", f"sau {length_vi} kể từ"


def _also(others: int) -> Pair:
    english = "It fits another one" if others == 1 else f"It fits {others} others"
    return f" {english} of the same incident as well.", f" Cũng khớp như vậy với {others} tín hiệu khác của cùng sự cố."


def _wording(likeness: float | None) -> Pair:
    """What words had to do with it."""
    if likeness is None:
        return "", ""
    percent = f"{100 * likeness:.0f} %"
    return (
        f" Others are as near; its words are the most alike ({percent}).",
        f" Có sự việc khác cũng gần như vậy; lời phản ánh này giống nhất ({percent}).",
    )


class Names(dict[str, Pair]):
    """Names of a city's assets within a sentence, looked up when asked; of what is none its id, which is not kept."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        """`assets` by id."""
        super().__init__()
        self._assets = assets

    def __missing__(self, asset_id: str) -> Pair:
        """Asked for the first time."""
        found = self._assets.get(asset_id)
        if found is None:
            return asset_id, asset_id
        names = self[asset_id] = within(found.name), within(found.name_vi or found.name)
        return names


class Teller:
    """Puts links into words with the names of a city's assets and kinds."""

    def __init__(
        self,
        graph: Graph,
        kind_words: Callable[[str], SignalKind | None],
        relations: Mapping[str, RelationWords] | None = None,
    ) -> None:
        """`kind_words` gives a kind's names, None for an unknown one; `relations`: the city's own words for them."""
        self._graph = graph
        self._relations = relations or {}
        self._kind_words = kind_words
        self._where = lru_cache(REMEMBERED)(self._found_where)
        self._names = Names(graph.assets)

    def asset(self, asset_id: str) -> Pair:
        """The asset's name as it stands within a sentence; its id when it is not known."""
        return self._names[asset_id]

    def kind(self, kind: str) -> Pair:
        """The kind's name; its id when it is not known."""
        found = self._kind_words(kind)
        return (found.name, found.name_vi) if found is not None else (kind, kind)

    def cause(self, telling: Telling) -> Pair:
        """Why the effect belongs to the cause, or nearly does."""
        effect_en, effect_vi = self.signal(telling.effect)
        cause_en, cause_vi = self.signal(telling.cause)
        delay_en, delay_vi = _delay(round(telling.delay_s))
        way_en, way_vi = self._way(telling.walk, telling.distance_m)
        end_en, end_vi = self._ending(telling)
        again_en, again_vi = AGAIN if telling.again else ("", "")
        english = f"{effect_en} began {delay_en} {lowered(cause_en)}{again_en}{way_en}.{end_en}"
        return english, f"{effect_vi} xảy ra {delay_vi} {lowered(cause_vi)}{again_vi}{way_vi}.{end_vi}"

    def same(self, telling: Telling) -> Pair:
        """Why the effect tells of the same thing as the cause (the group's anchor)."""
        member_en, member_vi = self.signal(telling.effect)
        anchor_en, anchor_vi = self.signal(telling.cause)
        apart_en, apart_vi = duration(telling.delay_s)
        way_en, way_vi = self._way(telling.walk, telling.distance_m)
        end_en, end_vi = self._ending(telling)
        words_en, words_vi = _also(telling.also) if telling.also else _wording(telling.likeness)
        again_en, again_vi = TOLD_AGAIN if telling.again else ("", "")
        english = (
            f"{member_en} tells of the same thing as {lowered(anchor_en)}{again_en}:"
            f" {apart_en} apart{way_en}.{words_en}{end_en}"
        )
        vietnamese = (
            f"{member_vi} cùng nói về một sự việc với {lowered(anchor_vi)}{again_vi}:"
            f" lệch nhau {apart_vi}{way_vi}.{words_vi}{end_vi}"
        )
        return english, vietnamese

    def rootless(self, signal: Signal, suspected: str | None, tied: int) -> Pair:
        """What is known about the cause of a signal that is linked to none; `tied`: causes that explain it as well."""
        signal_en, signal_vi = self.signal(signal)
        if suspected is not None:
            asset_en, asset_vi = self.asset(suspected)
            return (
                f"{signal_en}: several effects below {asset_en} began together, so that a cause there is suspected.",
                f"{signal_vi}: nhiều ảnh hưởng phía sau {asset_vi} xảy ra cùng lúc nên nghi ngờ nguyên nhân tại đó.",
            )
        if tied:
            return (
                f"{signal_en}: {tied} causes explain it about equally well, so nothing was linked.",
                f"{signal_vi}: có {tied} nguyên nhân giải thích hợp lý tương đương nên chưa liên kết.",
            )
        return f"{signal_en}: no cause is known.", f"{signal_vi}: chưa rõ nguyên nhân."

    def fellow(self, telling: Telling) -> Pair:
        """Why the effect goes with the cause, which nobody knows the cause of either."""
        effect_en, effect_vi = self.signal(telling.effect)
        first_en, first_vi = map(lowered, self.signal(telling.cause))
        if telling.comes_again:
            before_en, before_vi = duration(telling.delay_s)
            first_en, first_vi = f"{before_en} before", f"lần trước, cách đó {before_vi}"
        return (
            f"{effect_en} has the same possible causes as {first_en}: whichever it was, it is likely of both.",
            f"{effect_vi} có cùng các nguyên nhân khả dĩ như {first_vi}: nguyên nhân nào đúng"
            " thì nhiều khả năng đúng cho cả hai.",
        )

    def measured(self, telling: Telling) -> Pair:
        """Why two signals of one kind about one asset are one thing."""
        member_en, member_vi = self.signal(telling.effect)
        apart_en, apart_vi = duration(telling.delay_s)
        if telling.comes_again:
            return (
                f"{member_en} came again, {apart_en} after it first began.",
                f"{member_vi} tái diễn, {apart_vi} sau lần đầu.",
            )
        about_en, about_vi = self.asset(telling.cause.measures or telling.cause.asset)
        return (
            f"{member_en} is about {about_en} like the first signal, {apart_en} later.",
            f"{member_vi} cùng phản ánh {about_vi} như tín hiệu đầu tiên, chậm hơn {apart_vi}.",
        )

    def signal(self, signal: Signal) -> Pair:
        """The kind and where; of a citizen's report the kind alone, of a warning that stands for no asset its zone."""
        warns = signal.category is not None and signal.asset not in self._graph.assets
        if warns and not signal.kind.startswith("report."):
            return self._where(signal.kind, signal.zone, True)
        return self._where(signal.kind, signal.asset, False)

    def _found_where(self, kind: str, place: str, warns: bool) -> Pair:
        kind_en, kind_vi = self.kind(kind)
        if place not in self._graph.assets and (warns or kind.startswith("report.")):
            return kind_en, kind_vi
        asset_en, asset_vi = self.asset(place)
        return f"{kind_en} at {asset_en}", f"{kind_vi} tại {asset_vi}"

    def _way(self, walk: Walk | None, distance_m: float | None) -> Pair:
        english, vietnamese = "", ""
        if distance_m is not None:
            away_en, away_vi = distance(distance_m)
            english, vietnamese = f"; {away_en} away", f"; cách {away_vi}"
        if walk is not None:
            for hop in map(self._hop, walk.path, walk.relations, walk.path[1:]):
                before = ", " if english else "; "
                english += before + hop[0]
                vietnamese += before + hop[1]
        return english, vietnamese

    def _hop(self, start: str, relation: str, end: str) -> Pair:
        if relation.startswith("~"):
            start, end = end, start
        words_en, words_vi = said(relation.removeprefix("~"), self._graph.assets.get(start), self._relations)
        (start_en, start_vi), (end_en, end_vi) = self._names[start], self._names[end]
        return f"{start_en} {words_en} {end_en}", f"{start_vi} {words_vi} {end_vi}"

    def _ending(self, telling: Telling) -> Pair:
        if telling.reason:
            return self._missed(telling)
        english, vietnamese = "", ""
        if telling.conditions:
            conditions_en, conditions_vi = self._kinds(telling.conditions)
            english, vietnamese = f" Held there then: {conditions_en}.", f" Khi đó tại đây có {conditions_vi}."
        if telling.wind_deg is not None:
            wind_en, wind_vi = wind_words(telling.wind_deg)
            english += f" The wind came from the {wind_en}."
            vietnamese += f" Khi đó gió thổi từ hướng {wind_vi}."
        return english, vietnamese

    def _kinds(self, names: Sequence[str]) -> Pair:
        kinds = [self.kind(kind) for kind in names]
        return ", ".join(lowered(words) for words, _ in kinds), ", ".join(lowered(words) for _, words in kinds)

    def _missed(self, telling: Telling) -> Pair:
        """Why it is no link."""
        conditions_en, conditions_vi = self._kinds(telling.conditions)
        wind_en, wind_vi = wind_words(telling.wind_deg or 0.0)
        shortest, longest = map(duration, telling.delay_range_s)
        english, vietnamese = NEAR_MISS.get(telling.reason, (telling.reason, telling.reason))
        range_en, range_vi = (f"{shortest[at]} – {longest[at]}" for at in range(2))
        return (
            " " + english.format(range_en=range_en, conditions_en=conditions_en, wind_en=wind_en),
            " " + vietnamese.format(range_vi=range_vi, conditions_vi=conditions_vi, wind_vi=wind_vi),
        )
