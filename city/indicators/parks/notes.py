"""What there is to say about the quality of an indicator, in both languages."""

from typing import NamedTuple

NOTES = {
    "no_meter": ("nothing measures it", "không có thiết bị đo"),
    "no_limit": ("no limit is known", "chưa biết giới hạn áp dụng"),
    "no_figure": ("not declared or not known: {}", "chưa khai báo hoặc chưa biết: {}"),
    "carried": (
        "worked out with the figure of an earlier time, none is known for this one: {}",
        "tính theo số liệu của thời kỳ trước vì chưa có số liệu mới: {}",
    ),
    "no_fuel_meter": ("without fuel: nothing measures it", "không tính nhiên liệu vì không có thiết bị đo"),
    "national_limit": (
        "judged by the national fallback, no permit is known",
        "so với giới hạn quốc gia vì chưa có giấy phép môi trường",
    ),
    "faults_left_out": (
        "times of faults of instruments are left out: they are no breach",
        "đã loại thời gian thiết bị hỏng: không phải là vi phạm",
    ),
    "low_coverage": (
        "data gap: {} of what is billed is metered, {} is needed",
        "thiếu dữ liệu: đo được {} so với hóa đơn, cần {}",
    ),
    "no_class": ("its leased area is not declared", "chưa khai báo diện tích cho thuê"),
    "no_value": ("nothing was measured in this time", "không có số liệu trong thời gian này"),
    "simulated": (
        "partly of a simulated past, as demo cities have it",
        "có phần số liệu quá khứ mô phỏng, chỉ có ở thành phố mẫu",
    ),
    "alone": ("alone in its size class", "không có khu cùng nhóm quy mô để so sánh"),
}


class Given(NamedTuple):
    """A figure as formulas take it."""

    unit: str
    name: str
    name_vi: str


FIGURES = {
    "emission.grid": Given("tCO2e/MWh", "emission factor of the grid", "hệ số phát thải của lưới điện"),
    "emission.diesel": Given("kgCO2e/l", "emission factor of diesel", "hệ số phát thải của dầu diesel"),
    "park.leased_ha": Given("ha", "leased area", "diện tích cho thuê"),
    "park.output": Given("bn VND", "output", "giá trị sản lượng"),
    "park.workers": Given("worker", "workers", "số lao động"),
    "park.billed_kwh": Given("kWh", "billed electricity", "điện theo hóa đơn"),
    "park.billed_m3": Given("m3", "billed water", "nước theo hóa đơn"),
    "park.waste_t": Given("t", "waste", "lượng chất thải"),
    "park.waste_reused_t": Given("t", "reused waste", "lượng chất thải tái sử dụng"),
    "park.firms": Given("count", "firms", "số doanh nghiệp"),
    "park.ems_firms": Given(
        "count",
        "firms with an environmental management system",
        "số doanh nghiệp có hệ thống quản lý môi trường",
    ),
    "water.billed_m3": Given("m3", "billed water of the customers", "nước theo hóa đơn của khách hàng"),
}
"""What formulas take beside readings, by key of the figure."""


def told(note: str) -> tuple[str, str]:
    """A note in English and Vietnamese; what follows the colon, `|` between, is put in, figures by their names."""
    key, _, given = note.partition(":")
    english, vietnamese = NOTES.get(key, (note, note))
    named = [FIGURES.get(one, Given("", one, one)) for one in given.split("|")]
    return english.format(*(one.name for one in named)), vietnamese.format(*(one.name_vi for one in named))
