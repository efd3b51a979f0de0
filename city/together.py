"""What people are told where more has happened than can be told one by one: how much of what, and the gravest."""

from collections import Counter
from collections.abc import Iterable, Sequence

from city.languages import Pair
from city.notices import KINDS, LINES, SEVERITIES, News, fitted, happened, in_language, since, subject
from city.pace import rank

NAMED = 10
"""So many are named, the gravest; of the others it is said how many they are."""
HEADS: dict[str, Pair] = {
    "subject": ("{count} incidents at once: {severities}", "{count} sự cố cùng lúc: {severities}"),
    "why": (
        "More has happened than can be told one by one; here are {count} incidents together.",
        "Có quá nhiều diễn biến để báo từng tin; sau đây là {count} sự cố gộp chung.",
    ),
    "more": ("And {count} more", "Và {count} sự cố nữa"),
}


def gravest(told: Sequence[News]) -> list[News]:
    """The gravest first."""
    return sorted(told, key=lambda news: rank(news.change))


def subject_of(told: Sequence[News], language: str) -> str:
    """How many, and how grave."""
    return _head("subject", language, count=len(told), severities=_severities(told, language))


def body_of(told: Sequence[News], language: str, url: str) -> str:
    """Of a mail, plain: `url` is where all of them are."""
    left = len(told) - NAMED
    more = ": ".join(part for part in (_head("more", language, count=left), url) if part) if left > 0 else ""
    counts = f"{_kinds(told, language)}.\n{_severities(told, language)}."
    named = [_line(news, language) for news in gravest(told)[:NAMED]]
    parts = (_head("why", language, count=len(told)), counts, *named, more)
    return "\n\n".join(part for part in parts if part) + "\n"


def short_of(told: Sequence[News], language: str) -> str:
    """For a telephone: how many, what happened, and as many of the gravest as fit."""
    named = [subject(news, language) for news in gravest(told)[:NAMED]]
    return fitted(". ".join((subject_of(told, language), _kinds(told, language), *named)))


def _line(news: News, language: str) -> str:
    """One incident: what, what has happened, where, since when, and where to look."""
    place = in_language(news.place, language)
    said = [subject(news, language), happened(news, language)]
    said += [f"{in_language(LINES['place'], language)}: {place}"] if place else []
    said.append(f"{in_language(LINES['since'], language)}: {since(news)}")
    return "\n".join(part for part in (". ".join(said), news.url) if part)


def _severities(told: Sequence[News], language: str) -> str:
    return _counted((news.change.incident.severity for news in told if news.change), SEVERITIES, language)


def _kinds(told: Sequence[News], language: str) -> str:
    return _counted((news.change.kind for news in told if news.change), KINDS, language)


def _counted(found: Iterable[str], words: dict[str, Pair], language: str) -> str:
    counts = Counter(found)
    named = [(name, count) for name in words if (count := counts.pop(name, 0))] + sorted(counts.items())
    return ", ".join(f"{in_language(words.get(name, (name, name)), language)} {count}" for name, count in named)


def _head(name: str, language: str, **values: object) -> str:
    return in_language(HEADS[name], language).format(**values)
