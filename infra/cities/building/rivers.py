"""Rivers cut into reaches, their gauges, the outfalls of the parks."""

from itertools import pairwise
from typing import Any

from city.space import Position
from infra.cities.building.drawing import Drawing, beside

NAMED_GAUGES = {
    "gauge-thu-dau-mot": ("reach-sai-gon-08", (106.648, 10.979), ("Thủ Dầu Một gauge", "Trạm Thủ Dầu Một")),
    "gauge-bien-hoa": ("reach-dong-nai-07", (106.806, 10.935), ("Biên Hoà gauge", "Trạm Biên Hoà")),
}
"""Stations with public alert levels (limits/river.toml)."""
EFFLUENT = {
    "cod": ("cod_mgl", "nh4n_mgl"),
    "tss": ("tss_mgl",),
    "ph": ("ph", "effluent_temperature_c"),
    "flow": ("effluent_flow_m3h",),
}
"""What each instrument of an outfall measures."""


def draw_rivers(drawing: Drawing) -> None:
    """Every river of the plan, then its gauges."""
    for river in drawing.plan["rivers"]:
        line: list[Position] = [tuple(p) for p in river["line"]]
        reaches = [_reach(drawing, river, at, [start, end]) for at, (start, end) in enumerate(pairwise(line))]
        for one, following in pairwise(reaches):
            drawing.relate(one, "flows_to", following)
        for at, reach in enumerate(reaches):
            _instruments(drawing, reach, at)
    for river in drawing.plan["rivers"]:
        if river["into"]:
            _join(drawing, river)
    for name, (reach, place, names) in NAMED_GAUGES.items():
        drawing.sensor(name, reach, ("stage_m",), 60, place)
        drawing.features[name]["properties"].update(name=names[0], name_vi=names[1])
        drawing.sensor(name.replace("gauge-", "tide-table-"), reach, ("tide_table_m",), 3600, place)


def _reach(drawing: Drawing, river: dict[str, Any], at: int, shape: list[Position]) -> str:
    names = f"{river['name']}, reach {at + 1}", f"{river['name_vi']}, đoạn {at + 1}"
    own = {"river": river["id"], "flow_m3s": river["flow_m3s"], "tidal": river["tidal"]}
    return drawing.add(f"reach-{river['id']}-{at + 1:02d}", "river_reach", names, shape, agency="environment", **own)


def _join(drawing: Drawing, river: dict[str, Any]) -> None:
    """The last reach flows into the reach of the other river whose end is nearest to its own."""
    own = [name for name in drawing.of_kind("river_reach") if name.startswith(f"reach-{river['id']}-")]
    other = [name for name in drawing.of_kind("river_reach") if name.startswith(f"reach-{river['into']}-")]
    mouth = tuple(drawing.features[own[-1]]["geometry"]["coordinates"][-1])
    drawing.relate(own[-1], "flows_to", drawing.nearest(mouth, other))


def _instruments(drawing: Drawing, reach: str, number: int) -> None:
    key, at = reach.removeprefix("reach-"), drawing.places[reach]
    drawing.sensor(f"cod-{key}", reach, ("river_cod_mgl",), 60, at)
    if number % 2 == 0:
        drawing.sensor(f"do-{key}", reach, ("do_mgl", "river_temperature_c", "river_ph", "river_nh4n_mgl"), 60, at)
        drawing.sensor(f"stage-{key}", reach, ("stage_m",), 60, at)
    if number % 4 == 0:
        drawing.sensor(f"bod-{key}", reach, ("river_bod5_mgl", "river_tss_mgl"), 300, at)
    if number % 3 == 0:
        drawing.sensor(f"discharge-{key}", reach, ("river_flow_m3s",), 60, at)


def draw_outfalls(drawing: Drawing) -> None:
    """An outfall for each park of the plan that has one, on the nearest reach; needs the parks."""
    for park in drawing.plan["outfall_parks"]:
        reach = drawing.nearest(drawing.places[f"park-{park}"], drawing.of_kind("river_reach"))
        of = drawing.features[f"park-{park}"]["properties"]
        at = beside(drawing.places[f"park-{park}"], -300, -300)
        names = f"Outfall of {of['name']}", f"Cửa xả {of['name_vi']}"
        outfall = drawing.add(f"outfall-{park}", "outfall", names, [at], agency="environment")
        drawing.relate(outfall, "discharges_to", reach)
        drawing.relate(outfall, "located_in", f"park-{park}")
        for short, quantities in EFFLUENT.items():
            drawing.sensor(f"effluent-{park}-{short}", outfall, quantities, 60, at)
