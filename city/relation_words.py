"""How relations between assets are called in a sentence: those that ship, and a city's own."""

from collections.abc import Mapping

from city.languages import Pair
from schemas.assets import Asset, RelationWords

ROAD = "road_segment"
RELATIONS: dict[str, Pair] = {
    "feeds": ("feeds", "cấp điện cho"),
    "controls": ("controls", "điều khiển"),
    "carries": ("carries water to", "dẫn nước đến"),
    "runs_under": ("runs under", "chạy ngầm dưới"),
    "drains": ("drains", "tiêu nước cho"),
    "discharges_to": ("discharges to", "xả ra"),
    "flows_to": ("flows to", "chảy đến"),
    "located_in": ("lies in", "nằm trong"),
    "measures": ("measures", "đo"),
    "serves": ("is on the way of", "nằm trên lộ trình của"),
    "watches": ("watches", "quan sát"),
    "empties": ("empties", "thu gom"),
}
OF_ROADS: dict[str, Pair] = {"flows_to": ("leads into", "dẫn vào")}
"""What is said of roads in other words than of rivers."""


def said(name: str, start: Asset | None, own: Mapping[str, RelationWords]) -> Pair:
    """What a relation from `start` is called, in the city's `own` words first; without any, by its name."""
    if (words := own.get(name)) is not None:
        return words.name, words.name_vi
    ships = RELATIONS.get(name, (name.replace("_", " "),) * 2)
    return OF_ROADS.get(name, ships) if start is not None and start.kind == ROAD else ships
