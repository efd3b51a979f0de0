"""Wards, parks, air stations, stacks and weather stations."""

from infra.cities.building.drawing import Drawing, beside

STACK_GASES = ("stack_dust_mgm3", "stack_so2_mgm3", "stack_nox_mgm3", "stack_co_mgm3")
STACK_STATE = ("stack_flow_m3h", "stack_temperature_c")


def draw_places(drawing: Drawing) -> None:
    """Wards as zones, parks as assets."""
    for ward in drawing.plan["wards"]:
        names = ward["name"], ward["name_vi"]
        drawing.add(ward["id"], "zone", names, [tuple(ward["at"])], agency="wards", code=ward["code"])
    for park in drawing.plan["parks"]:
        own = {"hectares": park["hectares"]} if park["hectares"] else {}
        names = park["name"], park["name_vi"]
        drawing.add(f"park-{park['id']}", "industrial_park", names, [tuple(park["at"])], agency="environment", **own)


def draw_air(drawing: Drawing) -> None:
    """Ambient stations in wards, monitored stacks in parks."""
    for ward in drawing.plan["air_wards"]:
        key, of = ward.removeprefix("ward-"), drawing.features[ward]["properties"]
        at = beside(drawing.places[ward], 300, 200)
        names = f"Air station {of['name']}", f"Trạm không khí {of['name_vi']}"
        station = drawing.add(f"air-{key}", "air_station", names, [at], agency="environment")
        for short in (
            "pm25",
            "pm10",
            "no2",
            "o3",
            "so2",
            "co",
            *(("tsp",) if ward in drawing.plan["tsp_wards"] else ()),
        ):
            drawing.sensor(f"air-{key}-{short}", station, (f"{short}_ugm3",), 60, at)
    for park in drawing.plan["stack_parks"]:
        of = drawing.features[f"park-{park}"]["properties"]
        at = beside(drawing.places[f"park-{park}"], 200, 350)
        names = f"Stack in {of['name']}", f"Ống khói tại {of['name_vi']}"
        stack = drawing.add(f"stack-{park}", "stack", names, [at], agency="environment")
        drawing.relate(stack, "located_in", f"park-{park}")
        drawing.sensor(f"stack-{park}-dust", stack, STACK_GASES, 20, at)
        drawing.sensor(f"stack-{park}-flow", stack, STACK_STATE, 60, at)


def draw_weather(drawing: Drawing) -> None:
    """A rain gauge stands for its ward; some wards also have wind and temperature."""
    for number, ward in enumerate(drawing.plan["rain_wards"]):
        key, at = ward.removeprefix("ward-"), beside(drawing.places[ward], -250, 150)
        drawing.sensor(f"rain-{key}", ward, ("rain_mmh",), 60, at)
        drawing.sensor(f"bucket-{key}", ward, ("rain_mm",), 60, at)
        if number % 2 == 0:
            drawing.sensor(f"wind-{key}", ward, ("wind_speed_ms", "wind_direction_deg", "gust_ms"), 60, at)
            drawing.sensor(f"temperature-{key}", ward, ("temperature_c",), 60, at)
