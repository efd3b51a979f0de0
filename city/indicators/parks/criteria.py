"""What an eco-industrial park has to show, as far as the text is confirmed, and the evidence there is for it.

Decree 35/2022/NĐ-CP, Art. 37; the percentages of its paragraph 2 and the thresholds of the international framework are
not confirmed and therefore not here.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from schemas.figures import Figure

DECREE = "Decree 35/2022/NĐ-CP, Art. 37"
EVIDENCED, DENIED, OPEN = "evidenced", "not met", "no evidence"


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is asked of a park."""

    id: str
    text: str
    text_vi: str
    legal_ref: str = DECREE
    figure: str
    """Key of the figure by which a document is named: 1 says that it is met, 0 that it is not."""
    measured: tuple[str, ...] = ()
    """Indicators that show it at work."""


CRITERIA = (
    Criterion(
        id="compliance",
        text="The investor in the infrastructure has complied for three years with the law on investment, enterprises, "
        "construction, land, environment and labour",
        text_vi="Nhà đầu tư hạ tầng tuân thủ pháp luật về đầu tư, doanh nghiệp, xây dựng, đất đai, môi trường "
        "và lao động trong ba năm",
        figure="eip.compliance",
    ),
    Criterion(
        id="basic_services",
        text="The park provides the basic services",
        text_vi="Khu công nghiệp cung cấp các dịch vụ cơ bản",
        figure="eip.basic_services",
    ),
    Criterion(
        id="joint_monitoring",
        text="A mechanism monitors jointly what goes in and out: raw material, water, energy, chemicals, waste, scrap",
        text_vi="Có cơ chế cùng giám sát đầu vào, đầu ra về nguyên liệu, nước, năng lượng, hóa chất, chất thải, "
        "phế liệu",
        figure="eip.joint_monitoring",
        measured=("electricity", "water", "effluent_compliance", "waste_reused_share"),
    ),
    Criterion(
        id="yearly_report",
        text="The park reports every year on resource efficiency, cleaner production and emissions",
        text_vi="Hằng năm báo cáo về hiệu quả tài nguyên, sản xuất sạch hơn và phát thải",
        figure="eip.yearly_report",
        measured=("scope1", "scope2", "water_reused_share", "waste_reused_share"),
    ),
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion and what there is for it."""

    id: str
    text: str
    text_vi: str
    legal_ref: str
    state: str
    """`evidenced`, `not met`, `no evidence`."""
    documents: tuple[str, ...]
    """Who says so, with the status of the source."""
    measured: tuple[str, ...]
    """Indicators of this park with a value in the year; they support a document and never replace it."""


def findings(rows: Sequence[Figure], asset: str, day: date, valued: Mapping[str, bool]) -> list[Finding]:
    """The criteria on a day; `valued`: indicator → whether it has a value in the year."""
    return [_finding(one, [row for row in rows if _holds(row, one, asset, day)], valued) for one in CRITERIA]


def _holds(row: Figure, one: Criterion, asset: str, day: date) -> bool:
    inside = row.valid_from <= day < (row.valid_to or date.max)
    return row.key == one.figure and row.asset == asset and inside


def _finding(one: Criterion, rows: list[Figure], valued: Mapping[str, bool]) -> Finding:
    state = OPEN if not rows else EVIDENCED if all(row.value for row in rows) else DENIED
    return Finding(
        id=one.id,
        text=one.text,
        text_vi=one.text_vi,
        legal_ref=one.legal_ref,
        state=state,
        documents=tuple(f"{row.source} ({row.status})" for row in rows),
        measured=tuple(name for name in one.measured if valued.get(name)),
    )
