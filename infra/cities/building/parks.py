"""Meters and plants of the parks that have them, and the figures that the demo invents for them."""

from math import pi
from typing import Any

from infra.cities.building.drawing import Drawing, Plan, beside

HOURS = 8760
YEARS = (2025, 2026, 2027)
PRESENT, GROWTH = 2026, 0.97
"""The year that the plan's figures are of; each year before had so much of the next one's output and energy."""
SOURCE = "Invented for the demo city; no park has declared it"
Declared = tuple[str, float, str, bool]
"""Key, value, unit, whether it is a total of the year."""


def draw_parks(drawing: Drawing) -> None:
    """Three instruments a park; plants with a meter each and what they give to each other; needs the feeders."""
    for one in drawing.plan["park_meters"]:
        park = f"park-{one['park']}"
        at = beside(drawing.places[park], -120, 180)
        drawing.features[park]["properties"]["operator"] = "demo"
        meters = ("grid_kw", "panels_kw") if one["panels_kw"] else ("grid_kw",)
        own = {"mean_kw": one["mean_kw"], "peak_panels_kw": one["panels_kw"], "mean_water_m3h": one["water_m3h"]}
        if "bought_kw" in one:
            own["mean_bought_kw"] = one["bought_kw"]
            drawing.sensor(f"bought-{one['park']}", park, ("bought_kw",), 60, at)
        drawing.features[park]["properties"] |= own
        drawing.sensor(f"power-{one['park']}", park, meters, 60, at)
        drawing.sensor(f"fuel-{one['park']}", park, ("diesel_ls",), 60, at)
        water = ("water_in_m3h", "water_reused_m3h", "wastewater_m3h")
        drawing.sensor(f"water-{one['park']}", park, water, 60, at)
        drawing.relate(drawing.nearest(at, drawing.of_kind("feeder")), "feeds", park)
    for plant in drawing.plan["plants"]:
        _plant(drawing, plant)


def _plant(drawing: Drawing, plant: dict[str, Any]) -> None:
    park, name = f"park-{plant['park']}", f"plant-{plant['id']}"
    at = beside(drawing.places[park], 260 if plant["id"].endswith("a") else 420, -160)
    names = plant["name"], plant["name_vi"]
    drawing.add(name, "plant", names, [at], agency="environment", mean_kw=plant["mean_kw"])
    drawing.relate(name, "located_in", park)
    drawing.sensor(f"power-{plant['id']}", name, ("grid_kw",), 60, at)
    for other in plant.get("gives_to", ()):
        drawing.relate(name, "exchanges", f"plant-{other}")


def park_figures(plan: Plan) -> str:
    """`figures/parks.toml`."""
    rows = [
        figure_row(f"park-{one['park']}", year, figure, SOURCE)
        for one in plan["park_meters"]
        for year in YEARS
        for figure in _figures(one, year)
    ]
    return "# Drawn from plan.toml; every figure is invented for the demo.\n\n" + "\n".join(rows)


def scale(year: int) -> float:
    """Output and energy of a year against the plan's."""
    return float(GROWTH ** max(0, PRESENT - year))


def _figures(one: dict[str, Any], year: int) -> list[Declared]:
    part = scale(year)
    firms = max(4, round(one["leased_ha"] / 4))
    waste_t = one["leased_ha"] * 60
    grid_kw = one["mean_kw"] - one["panels_kw"] / pi
    return [
        ("park.leased_ha", one["leased_ha"], "ha", False),
        ("park.workers", one["workers"], "worker", False),
        ("park.firms", firms, "count", False),
        ("park.ems_firms", round(firms * 0.35), "count", False),
        ("park.output", round(one["output_bn_vnd"] * part), "bn VND", True),
        ("park.billed_kwh", round(grid_kw * HOURS * one["billed_factor"] * part), "kWh", True),
        ("park.billed_m3", round(one["water_m3h"] * HOURS * one["billed_factor"] * part), "m3", True),
        ("park.waste_t", round(waste_t * part), "t", True),
        ("park.waste_reused_t", round(waste_t * part * 0.3), "t", True),
    ]


def figure_row(asset: str, year: int, figure: Declared, source: str) -> str:
    """A row of `figures/*.toml` that holds in a year."""
    key, value, unit, spread = figure
    return (
        f'[[figures]]\nkey = "{key}"\nasset = "{asset}"\nvalue = {value}\nunit = "{unit}"\n'
        f"valid_from = {year}-01-01\nvalid_to = {year + 1}-01-01\n"
        + ("spread = true\n" if spread else "")
        + f'source = "{source}"\nstatus = "demo"\n'
    )
