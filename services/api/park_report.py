"""The yearly monitoring report of a park (Decree 35/2022/NĐ-CP) as CSV and as a page to print."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from math import floor, log10
from typing import Any

import msgspec

from city.indicators.parks.criteria import Finding
from city.indicators.parks.notes import told
from city.indicators.parks.table import BY_ID
from city.units import spelled
from infra.postgres.indicator_values import Stored
from schemas.figures import Figure
from services.api.park_shapes import ParkView

HEAD = (
    "part",
    "id",
    "name_vi",
    "name",
    "unit",
    "value",
    "low",
    "high",
    "numerator",
    "denominator",
    "coverage",
    "source",
)
HEAD_VI = ("Mã", "Tên", "Đơn vị", "Giá trị", "Khoảng", "Độ phủ", "Ghi chú")
SHARE = "/"
"""The unit of a part of a whole, which people read in percent."""
STATES_VI = {"evidenced": "có tài liệu", "not met": "không đạt", "no evidence": "chưa có tài liệu"}
NOT_REAL = ("DIỄN TẬP, không có thật", "EXERCISE, not real")
STYLE = (
    "body{font:14px/1.4 sans-serif;margin:2em;color:#111}table{border-collapse:collapse;width:100%;margin:1em 0}"
    "td,th{border:1px solid #999;padding:4px 6px;text-align:left;vertical-align:top}th{background:#eee}"
    "small{color:#555}@media print{body{margin:0}tr{break-inside:avoid}}"
)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the report says."""

    park: ParkView
    year: int
    made_at: str
    values: Sequence[Stored]
    figures: Sequence[Figure]
    """Factors and what the park declares, as in force in the year."""
    findings: Sequence[Finding]
    exercise: str = ""
    """Name of the exercise whose figures these are; empty: they are real."""


def as_lines(report: Report) -> Iterator[tuple[Any, ...]]:
    """One table under HEAD: indicators, figures, criteria."""
    yield "park", report.park.id, report.park.name_vi, report.park.name, "", report.year
    if report.exercise:
        yield "exercise", "", *NOT_REAL, "", report.exercise
    for one in report.values:
        formula, value = BY_ID[one.indicator], one.value
        notes = "; ".join(told(note)[1] for note in value.notes)
        numbers = (value.value, value.low, value.high, value.numerator, value.denominator, round(value.coverage, 4))
        source = f"{formula.says_vi} (v{one.version}) {notes}".strip()
        yield "indicator", formula.id, formula.name_vi, formula.name, formula.unit, *numbers, source
    for row in report.figures:
        until = row.valid_to.isoformat() if row.valid_to else ""
        source = f"{row.source} ({row.status}; {row.valid_from.isoformat()} … {until})"
        yield "figure", row.key, "", "", row.unit, row.value, "", "", "", "", "", source
    for found in report.findings:
        documents = "; ".join((found.legal_ref, *found.documents))
        yield "criterion", found.id, found.text_vi, found.text, "", found.state, "", "", "", "", "", documents


def as_page(report: Report) -> str:
    """HTML, in Vietnamese with the English beside it; nothing is loaded from elsewhere."""
    park = report.park
    title = f"Báo cáo giám sát năm {report.year}: {park.name_vi}"
    indicators = _table(HEAD_VI, (_indicator(one) for one in report.values))
    figures = _table(("Mã", "Giá trị", "Đơn vị", "Thời gian", "Nguồn"), (_figure(one) for one in report.figures))
    criteria = _table(("Tiêu chí", "Kết quả", "Căn cứ", "Tài liệu"), (_finding(one) for one in report.findings))
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{_of_exercise(report.exercise)}"
        f"<p>{escape(park.name)} · yearly monitoring report {report.year} · Nghị định 35/2022/NĐ-CP</p>"
        f"<p>{escape(park.ward)} · {escape(park.district or '')} · {report.made_at}</p>"
        f"<h2>Chỉ số / Indicators</h2>{indicators}<h2>Hệ số và số liệu khai báo / Factors and declared figures</h2>"
        f"{figures}<h2>Tiêu chí khu công nghiệp sinh thái / Eco-industrial park criteria</h2>{criteria}"
        "<p><small>Sự cố thiết bị đo không được tính là vi phạm. / A fault of an instrument is never a breach. "
        "Các tỷ lệ của Điều 37 khoản 2 chưa được xác nhận nên không nêu ở đây. / Percentages of Art. 37(2) are not "
        "confirmed and not shown.</small></p></body></html>"
    )


def _of_exercise(name: str) -> str:
    return f"<p><b>{' / '.join(NOT_REAL)}: {escape(name)}</b></p>" if name else ""


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _both(text_vi: str, text: str) -> str:
    return f"{escape(text_vi)}<br><small>{escape(text)}</small>"


def _short(value: float, most: int = 2) -> str:
    """At most so many decimals, below 1 three digits that say something: as the console has it (`scales.ts`)."""
    decimals = most if abs(value) >= 1 or not value else 2 - floor(log10(abs(value)))
    return _in_vietnamese(f"{value:,.{decimals}f}")


def _as_declared(value: float) -> str:
    """With all its digits: people compare it with the document."""
    return _in_vietnamese(f"{Decimal(repr(value)):,f}")


def _in_vietnamese(text: str) -> str:
    """`1.234,5` of `1,234.50`, as the console writes it."""
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    return whole.replace(",", ".") + (f",{decimals}" if decimals else "")


def _indicator(one: Stored) -> Sequence[str]:
    formula, value = BY_ID[one.indicator], one.value
    notes = [told(note) for note in value.notes]
    unit, by, most = ("%", 100, 1) if formula.unit == SHARE else (spelled(formula.unit)[1], 1, 2)
    shown, low, high = ("–" if one is None else _short(one * by, most) for one in (value.value, value.low, value.high))
    return (
        escape(formula.id),
        _both(formula.name_vi, formula.name),
        escape(unit),
        shown,
        "" if value.low is None or value.high is None else f"{low} – {high}",
        f"{_short(round(value.coverage * 100, 1), 1)} %",
        "<br>".join(_both(text_vi, text) for text, text_vi in [(formula.says, formula.says_vi), *notes]),
    )


def _figure(one: Figure) -> Sequence[str]:
    time = f"{one.valid_from.isoformat()} – {one.valid_to.isoformat() if one.valid_to else ''}"
    return (
        escape(one.key),
        _as_declared(one.value),
        escape(spelled(one.unit)[1]),
        time,
        escape(f"{one.source} ({one.status})"),
    )


def _finding(one: Finding) -> Sequence[str]:
    state = _both(STATES_VI[one.state], one.state)
    return (
        _both(one.text_vi, one.text),
        state,
        escape(one.legal_ref),
        escape("; ".join((*one.documents, *(BY_ID[name].name_vi for name in one.measured)))),
    )
