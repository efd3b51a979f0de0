"""What people away from the desk are told of an incident, in their language: a mail, or a short message."""

from zoneinfo import ZoneInfo

import msgspec

from city.languages import Pair
from schemas.incidents import Change

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of 3GPP TS 23.038 §6.2.1."""
GSM_TWICE = frozenset("^{}\\[~]|€")
"""Those of its extension table, which count as two."""
ONE_MESSAGE, THREE_MESSAGES = 160, 3 * 67
"""Letters of one message in the default alphabet, and of three that belong together in UCS-2 (TS 23.040)."""

KINDS: dict[str, Pair] = {
    "opened": ("Opened", "Mở sự cố"),
    "updated": ("Updated", "Cập nhật"),
    "acknowledged": ("Acknowledged", "Đã xác nhận"),
    "resolved": ("Resolved", "Đã khắc phục"),
    "reopened": ("Reopened", "Mở lại"),
    "merged": ("Merged", "Gộp"),
    "split": ("Split", "Tách"),
    "moved": ("Signals moved", "Chuyển tín hiệu"),
    "closed": ("Closed", "Đóng"),
    "shelved": ("Shelved", "Tạm gác"),
    "suppressed": ("Suppressed", "Tạm dừng báo"),
    "returned": ("Told again", "Báo trở lại"),
    "escalated": ("Overdue", "Quá hạn"),
}
OVERDUE: dict[str, Pair] = {
    "acknowledge": ("Nobody has acknowledged it in time ({level})", "Chưa ai xác nhận đúng hạn (lần {level})"),
    "resolve": ("Not resolved in time ({level})", "Chưa khắc phục đúng hạn (lần {level})"),
}
SEVERITIES: dict[str, Pair] = {
    "critical": ("Critical", "Nghiêm trọng"),
    "major": ("Major", "Lớn"),
    "minor": ("Minor", "Nhỏ"),
    "warning": ("Warning", "Cảnh báo"),
}
LINES: dict[str, Pair] = {
    "severity": ("Severity", "Mức độ"),
    "place": ("Where", "Nơi"),
    "since": ("Since", "Từ"),
    "why": ("Why", "Vì sao"),
    "step": ("What to do", "Việc cần làm"),
}
TEST: Pair = ("Test of the Smart Operations Center", "Tin thử của Trung tâm điều hành thông minh")
CUT = "..."


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to tell."""

    change: Change | None
    """null: a test."""
    zone: ZoneInfo
    center: Pair = ("Smart Operations Center", "Trung tâm điều hành thông minh")
    place: Pair = ("", "")
    why: Pair = ("", "")
    step: Pair = ("", "")
    url: str = ""


def in_language(pair: Pair, language: str) -> str:
    """Of a pair the one in `en` or `vi`; what has no Vietnamese is in English. On one line, whatever it was."""
    return " ".join((pair[language == "vi"] or pair[0]).split())


def title(news: News, language: str) -> str:
    """The incident's title, or that it is a test."""
    incident = news.change and news.change.incident
    return in_language((incident.title, incident.title_vi) if incident else TEST, language)


def severity(news: News, language: str) -> str:
    """How bad it is, in words; nothing for a test."""
    name = news.change.incident.severity if news.change else ""
    return in_language(SEVERITIES.get(name, (name, name)), language)


def happened(news: News, language: str) -> str:
    """What has happened to it, in words; nothing for a test."""
    change = news.change
    if change is None:
        return ""
    pair = OVERDUE.get(change.deadline or "", KINDS.get(change.kind, (change.kind, change.kind)))
    return in_language(pair, language).format(level=change.level)


def since(news: News) -> str:
    """When it began, by the city's clock; nothing for a test."""
    return f"{news.change.incident.opened_at.astimezone(news.zone):%H:%M %d/%m/%Y}" if news.change else ""


def subject(news: News, language: str) -> str:
    """Of a mail: the same for every change of an incident as long as that is called and judged so."""
    return ": ".join(text for text in (severity(news, language), title(news, language)) if text)


def body(news: News, language: str) -> str:
    """Of a mail, plain."""
    said = {
        "severity": severity(news, language),
        "place": in_language(news.place, language),
        "since": since(news),
        "why": in_language(news.why, language),
        "step": in_language(news.step, language),
    }
    lines = [f"{in_language(LINES[name], language)}: {text}" for name, text in said.items() if text]
    parts = (happened(news, language), "\n".join([title(news, language), *lines]), news.url)
    return "\n\n".join(part for part in parts if part) + "\n"


def short(news: News, language: str) -> str:
    """For a telephone: what fits into one message of the default alphabet, or into three where letters need UCS-2."""
    begun = since(news)[:5]
    parts = (subject(news, language), happened(news, language), in_language(news.place, language), begun)
    return fitted(". ".join(part for part in parts if part))


def fitted(text: str) -> str:
    """A text, or as many of its words as fit, with three dots after them."""
    plain = all(letter in GSM or letter in GSM_TWICE for letter in text)
    most = ONE_MESSAGE if plain else THREE_MESSAGES
    if _length(text, plain) <= most:
        return text
    words = text.split(" ")
    while len(words) > 1 and _length(" ".join(words), plain) > most - len(CUT):
        words.pop()
    kept = " ".join(words)
    while _length(kept, plain) > most - len(CUT):
        kept = kept[:-1]
    return kept.rstrip(" .,;:") + CUT


def _length(text: str, plain: bool) -> int:
    """In letters of the default alphabet, else of UCS-2."""
    return sum(1 + (letter in GSM_TWICE) for letter in text) if plain else len(text.encode("utf-16-le")) // 2
