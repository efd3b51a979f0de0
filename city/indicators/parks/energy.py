"""Indicators of energy, emissions and metering."""

from city.indicators.parks.formulas import (
    ENERGY,
    HIGH,
    LOW,
    METERED,
    PER,
    RATIO,
    SHARE,
    Formula,
    amount,
    counted,
    emissions_t,
    energy_kwh,
    figure,
    renewable_kwh,
    scope1_t,
    scope2_t,
)

OUTPUT_VI = "giá trị sản lượng"


def _emissions_per(
    declared: str, unit: str, by: tuple[str, str, str], says: tuple[str, str], *, stock: bool = False
) -> Formula:
    """Emissions beside a declared figure; `by`: in the id, in English and in Vietnamese; `stock`: it is a level."""
    return Formula(
        id=f"emissions_per_{by[0]}",
        name=f"Emissions per {by[1]}",
        name_vi=f"Phát thải trên {by[2]}",
        unit=f"tCO2e/{unit}",
        says=f"(scope 1 + scope 2) / {says[0]}",
        says_vi=f"(phạm vi 1 + phạm vi 2) / {says[1]}",
        form=PER,
        stock=stock,
        quantities=("grid_kw", "diesel_ls"),
        figures=("emission.grid", "emission.diesel", declared),
        numerator=emissions_t,
        denominator=figure(declared),
        better=LOW,
    )


def _metered(quantity: str, billed: str, what: tuple[str, str], says: tuple[str, str]) -> Formula:
    """How much of what was billed its meters saw."""
    return Formula(
        id=f"metered_{what[0]}",
        name=f"Metered part of the billed {what[0]}",
        name_vi=f"Tỷ lệ {what[1]} đo được so với hóa đơn",
        unit="/",
        says=f"{says[0]} / billed",
        says_vi=f"{says[1]} / {what[1]} theo hóa đơn",
        form=METERED,
        quantities=(quantity,),
        figures=(billed,),
        numerator=amount(quantity),
        denominator=figure(billed),
        better=HIGH,
    )


ENERGY_FORMULAS = (
    Formula(
        id="electricity",
        name="Electricity",
        name_vi="Điện tiêu thụ",
        unit="kWh",
        says="grid + bought directly + own panels",
        says_vi="điện lưới + mua trực tiếp + điện mặt trời tại chỗ",
        quantities=ENERGY,
        numerator=energy_kwh,
    ),
    counted("electricity_grid", "Electricity from the grid", "Điện từ lưới", "kWh", "grid_kw"),
    counted(
        "electricity_bought",
        "Electricity bought directly from renewable plants",
        "Điện mua trực tiếp từ nguồn tái tạo",
        "kWh",
        "bought_kw",
    ),
    counted("electricity_solar", "Electricity from own panels", "Điện mặt trời tại chỗ", "kWh", "panels_kw"),
    Formula(
        id="renewable_share",
        name="Renewable share",
        name_vi="Tỷ lệ điện tái tạo",
        unit="/",
        says="(own panels + bought directly) / all electricity",
        says_vi="(mặt trời tại chỗ + mua trực tiếp) / tổng điện",
        form=SHARE,
        quantities=ENERGY,
        numerator=renewable_kwh,
        denominator=energy_kwh,
        better=HIGH,
    ),
    Formula(
        id="scope1",
        name="Scope 1 emissions",
        name_vi="Phát thải phạm vi 1",
        unit="tCO2e",
        says="fuel × emission factor",
        says_vi="nhiên liệu × hệ số phát thải",
        quantities=("diesel_ls",),
        figures=("emission.diesel",),
        numerator=scope1_t,
        better=LOW,
    ),
    Formula(
        id="scope2",
        name="Scope 2 emissions",
        name_vi="Phát thải phạm vi 2",
        unit="tCO2e",
        says="electricity of the grid × grid factor of the time, location-based",
        says_vi="điện lưới × hệ số phát thải lưới theo thời điểm",
        quantities=("grid_kw",),
        figures=("emission.grid",),
        numerator=scope2_t,
        better=LOW,
    ),
    _emissions_per("park.leased_ha", "ha", ("ha", "hectare", "hecta"), ("leased ha", "hecta"), stock=True),
    _emissions_per("park.output", "bn VND", ("output", "output", OUTPUT_VI), ("output", OUTPUT_VI)),
    _emissions_per("park.workers", "worker", ("worker", "worker", "lao động"), ("workers", "lao động"), stock=True),
    Formula(
        id="emissions_per_mwh",
        name="Emissions per MWh",
        name_vi="Phát thải trên MWh",
        unit="tCO2e/MWh",
        says="(scope 1 + scope 2) / all electricity",
        says_vi="(phạm vi 1 + phạm vi 2) / tổng điện",
        form=RATIO,
        quantities=ENERGY,
        figures=("emission.grid", "emission.diesel"),
        numerator=emissions_t,
        denominator=lambda hour: energy_kwh(hour) / 1000,
        better=LOW,
    ),
    _metered("grid_kw", "park.billed_kwh", ("electricity", "điện"), ("metered from the grid", "điện lưới đo được")),
    _metered("water_in_m3h", "park.billed_m3", ("water", "nước"), ("metered", "nước đo được")),
)
