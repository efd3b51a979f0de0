"""What lies beyond the border of the city: another agency's zone, the next reach and the next stretch of road."""

from typing import Any

from city.space import Position, length_m
from infra.cities.building.drawing import Drawing

NAMES = {"reach": ("reach beyond the border", "đoạn ngoài ranh giới"), "road": ("beyond the border", "ngoài ranh giới")}
INSTRUMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "reach": {"cod": ("river_cod_mgl",), "stage": ("stage_m",)},
    "road": {"radar": ("speed_kmh", "flow_vph")},
}
KINDS = {"reach": "river_reach", "road": "road_segment"}


def draw_region(drawing: Drawing) -> None:
    """Each neighbour of the plan; needs the rivers and roads."""
    for one in drawing.plan["neighbours"]:
        drawing.add(one["zone"], "zone", (one["name"], one["name_vi"]), [tuple(one["at"])], agency=one["agency"])
        for part in KINDS:
            if part in one:
                _onward(drawing, one, part)


def _onward(drawing: Drawing, neighbour: dict[str, Any], part: str) -> None:
    """One more asset behind the last of the city, like it, with instruments of the neighbour's own."""
    given, place = neighbour[part], {"agency": neighbour["agency"], "zone": neighbour["zone"], "beyond": True}
    before = drawing.features[given["after"]]["properties"]
    own = {name: before[name] for name in ("river", "flow_m3s", "tidal", "lanes", "free_kmh") if name in before}
    line: list[Position] = [tuple(point) for point in given["line"]]
    if part == "road":
        own["length_m"] = round(length_m(line))
    stem, stem_vi = (before[name].rsplit(",", 1)[0] for name in ("name", "name_vi"))
    names = f"{stem}, {NAMES[part][0]}", f"{stem_vi}, {NAMES[part][1]}"
    drawing.add(given["id"], KINDS[part], names, line, **own | place)
    drawing.relate(given["after"], "flows_to", given["id"])
    key, at = given["id"].partition("-")[2], drawing.places[given["id"]]
    for short, observed in INSTRUMENTS[part].items():
        sensor = f"{short}-{key}"
        drawing.sensor(sensor, given["id"], observed, 60 if part == "reach" else 30, at)
        drawing.features[sensor]["properties"]["zone"] = neighbour["zone"]
