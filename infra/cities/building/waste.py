"""Landfills with their instruments; collection rounds of wards and the bins that they empty."""

from typing import Any

from infra.cities.building.drawing import Drawing, beside

BINS = ((140, 90), (-160, 60))
"""Metres east and north of a ward's centre."""


def draw_waste(drawing: Drawing) -> None:
    """Everything of the domain waste; needs the wards."""
    for landfill in drawing.plan["landfills"]:
        _landfill(drawing, landfill)
    for ward in drawing.plan["collection_wards"]:
        _round(drawing, ward)


def _landfill(drawing: Drawing, given: dict[str, Any]) -> None:
    at, key = tuple(given["at"]), given["id"]
    names = given["name"], given["name_vi"]
    own = {"agency": "environment", "generator_kw": given["generator_kw"]}
    landfill = drawing.add(f"landfill-{key}", "landfill", names, [at], **own)
    drawing.sensor(f"weighbridge-{key}", landfill, ("delivered_kg",), 300, beside(at, -350, 120))
    labels = f"Leachate pond of {names[0]}", f"Hồ nước rỉ rác {names[1]}"
    pond = drawing.add(f"leachate-{key}", "leachate_pond", labels, [beside(at, 300, -200)], agency="environment")
    drawing.relate(pond, "located_in", landfill)
    drawing.sensor(f"pond-{key}", pond, ("leachate_level_m",), 300, drawing.places[pond])
    for side, east in (("west", -180), ("east", 180)):
        drawing.sensor(f"gas-{key}-{side}", landfill, ("methane_percent",), 60, beside(at, east, 0))
    drawing.sensor(f"generator-{key}", landfill, ("renewable_kw",), 60, beside(at, 60, 160))


def _round(drawing: Drawing, ward: str) -> None:
    key, of, at = ward.removeprefix("ward-"), drawing.features[ward]["properties"], drawing.places[ward]
    names = f"Collection round {of['name']}", f"Tuyến thu gom {of['name_vi']}"
    collection = drawing.add(f"round-{key}", "collection_round", names, [beside(at, 40, -60)], agency="environment")
    drawing.relate(collection, "located_in", ward)
    drawing.sensor(f"truck-{key}", collection, ("round_delay_s",), 300, drawing.places[collection])
    for number, away in enumerate(BINS, 1):
        labels = f"Bin {of['name']} {number}", f"Điểm tập kết rác {of['name_vi']} {number}"
        name = drawing.add(f"bin-{key}-{number}", "bin", labels, [beside(at, *away)], agency="environment")
        drawing.relate(collection, "empties", name)
        drawing.sensor(f"fill-{key}-{number}", name, ("fill_percent",), 900, drawing.places[name])
