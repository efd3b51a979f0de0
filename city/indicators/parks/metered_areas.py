"""District metered areas of a water supply: what is not billed of what went in, and the flow of the night.

Non-revenue water by the water balance of the International Water Association: system input − billed authorised
consumption (A. Lambert, W. Hirner, Losses from Water Supply Systems: Standard Terminology and Recommended Performance
Measures, IWA Blue Pages, 2000). It holds leaks, water that meters do not show, theft, and what is free of charge.
"""

from collections.abc import Mapping

from city.indicators.parks.formulas import LOW, RATIO, Formula, amount, figure
from city.indicators.parks.hours import Hour
from city.indicators.parks.places import Place
from schemas.assets import Asset

AREA = "metered_area"
INFLOW, BILLED = "inflow_ls", "water.billed_m3"
"""What the inlet meters of an area show; the figure of what is billed in it, a total spread over its time."""
NIGHT = range(2, 4)
"""Local hours in which the least is used, so that what still flows is mostly leakage."""


def metered_areas(assets: Mapping[str, Asset]) -> list[Place]:
    """All of them, by id, with the meters at their inlets: the sensors that `measures` the area."""
    meters: dict[str, dict[str, list[str]]] = {one.id: {} for one in assets.values() if one.kind == AREA}
    for asset in sorted(assets.values(), key=lambda one: one.id):
        for quantity in asset.observes if asset.measures in meters else ():
            meters[asset.measures or ""].setdefault(quantity, []).append(asset.id)
    return [
        Place(id=name, kind=AREA, meters={quantity: tuple(sensors) for quantity, sensors in own.items()})
        for name, own in sorted(meters.items())
    ]


def input_m3(hour: Hour) -> float:
    """System input: what all inlet meters counted, m³."""
    return amount(INFLOW)(hour) / 1000


def unbilled_m3(hour: Hour) -> float:
    """System input − what is billed of the time that the meters cover, m³; below 0 where more is billed."""
    return input_m3(hour) - figure(BILLED)(hour) * hour.amounts[INFLOW].covered


def night_l(hour: Hour) -> float:
    """What came in within an hour of the night, l; 0 by day."""
    return amount(INFLOW)(hour) if hour.local_hour in NIGHT else 0.0


def night_s(hour: Hour) -> float:
    """Seconds of the night that the meters cover."""
    return hour.amounts[INFLOW].covered * 3600 if hour.local_hour in NIGHT else 0.0


AREA_FORMULAS = (
    Formula(
        id="system_input",
        name="System input",
        name_vi="Lượng nước vào vùng",
        unit="m3",
        says="water through the inlet meters of the area",
        says_vi="lượng nước qua các đồng hồ đầu vào của vùng",
        of=(AREA,),
        quantities=(INFLOW,),
        numerator=input_m3,
    ),
    Formula(
        id="non_revenue_water",
        name="Non-revenue water",
        name_vi="Tỷ lệ nước không doanh thu",
        unit="/",
        says="(system input - billed authorised consumption) / system input",
        says_vi="(lượng nước vào - lượng nước ghi thu) / lượng nước vào",
        of=(AREA,),
        form=RATIO,
        quantities=(INFLOW,),
        figures=(BILLED,),
        numerator=unbilled_m3,
        denominator=input_m3,
        better=LOW,
    ),
    Formula(
        id="night_flow",
        name="Night flow (02:00 to 04:00)",
        name_vi="Lưu lượng đêm (02:00 đến 04:00)",
        unit="l/s",
        says="water through the inlet meters from 02:00 to 04:00 / seconds metered then",
        says_vi="lượng nước vào từ 02:00 đến 04:00 / số giây có số liệu trong khoảng đó",
        of=(AREA,),
        form=RATIO,
        quantities=(INFLOW,),
        numerator=night_l,
        denominator=night_s,
        better=LOW,
    ),
)
