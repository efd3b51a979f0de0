"""The finished drawing as the files of a city folder."""

import json
from math import cos, pi, radians, sin
from typing import Any

from city.space import DEGREE_M
from infra.cities.building.air import draw_air, draw_places, draw_weather
from infra.cities.building.drawing import Drawing, Plan, rounded
from infra.cities.building.journeys import draw_journeys
from infra.cities.building.parks import draw_parks, park_figures
from infra.cities.building.permits import permit_limits
from infra.cities.building.power import connect_power, draw_generation, draw_power
from infra.cities.building.region import draw_region
from infra.cities.building.rivers import draw_outfalls, draw_rivers
from infra.cities.building.roads import draw_roads
from infra.cities.building.waste import draw_waste
from infra.cities.building.water import draw_water, water_figures
from infra.cities.folder import shipped

PARK_CORNERS = 8
HECTARES_UNKNOWN = 150


def draw(plan: Plan) -> dict[str, str]:
    """File name → text of the city that the plan describes."""
    drawing = Drawing(plan, shipped().domains.values())
    for part in (
        draw_places,
        draw_roads,
        draw_power,
        draw_water,
        draw_rivers,
        draw_outfalls,
        draw_air,
        draw_weather,
        draw_parks,
        draw_generation,
        draw_journeys,
        draw_waste,
    ):
        part(drawing)
    connect_power(drawing)
    draw_region(drawing)
    lines = ["from,relation,to", *(",".join(edge) for edge in dict.fromkeys(drawing.relations))]
    return {
        "assets.geojson": _collection(list(drawing.features.values())),
        "relations.csv": "\n".join(lines) + "\n",
        "map.geojson": _collection(_base_map(plan)),
        "figures/parks.toml": park_figures(plan),
        "figures/water.toml": water_figures(plan),
        "limits/permits.toml": permit_limits(plan),
    }


def _collection(features: list[dict[str, Any]]) -> str:
    rows = ",\n".join(json.dumps(feature, ensure_ascii=False, sort_keys=True) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{rows}\n]}}\n'


def _base_map(plan: Plan) -> list[dict[str, Any]]:
    ring = [rounded(tuple(p)) for p in plan["outline"]]
    outline = _layer(plan, "boundary", ("Bình Dương", "Bình Dương"), {"type": "Polygon", "coordinates": [ring]})
    lines = [
        _layer(plan, layer, (one["name"], one["name_vi"]), {"type": "LineString", "coordinates": one["line"]})
        for layer, items in (("river", plan["rivers"]), ("road", plan["roads"]))
        for one in items
    ]
    parks = [_layer(plan, "park", (one["name"], one["name_vi"]), _octagon(one)) for one in plan["parks"]]
    return [outline, *lines, *parks]


def _layer(plan: Plan, layer: str, names: tuple[str, str], geometry: dict[str, Any]) -> dict[str, Any]:
    properties = {"layer": layer, "name": names[0], "name_vi": names[1], "source": plan["source"], "approximate": True}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _octagon(park: dict[str, Any]) -> dict[str, Any]:
    """A park's outline is not known: an octagon of its area around its place."""
    radius_m = ((park["hectares"] or HECTARES_UNKNOWN) * 10_000 / pi) ** 0.5
    lon, lat = park["at"]
    turns = [2 * pi * corner / PARK_CORNERS for corner in range(PARK_CORNERS)]
    ring = [
        rounded((lon + radius_m * cos(turn) / (DEGREE_M * cos(radians(lat))), lat + radius_m * sin(turn) / DEGREE_M))
        for turn in turns
    ]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
