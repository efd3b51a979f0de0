"""Substations, feeders and gateways; the nearest substation's feeders feed by turns from west to east."""

from infra.cities.building.drawing import Drawing, beside

FED = ("cabinet", "pump")
WIRED = ("loop-",)
BY_GATEWAY = ("head-", "depth-", "effluent-")


def draw_power(drawing: Drawing) -> None:
    """Substations and their feeders, with voltage and load of each feeder."""
    for substation in drawing.plan["substations"]:
        at = tuple(substation["at"])
        names = substation["name"], substation["name_vi"]
        name = drawing.add(f"sub-110-{substation['id']}", "substation", names, [at], agency="power")
        for number in range(471, 471 + 2 * substation["feeders"], 2):
            _feeder(drawing, name, f"{number}-{substation['id']}", substation["name_vi"])


def _feeder(drawing: Drawing, substation: str, key: str, place: str) -> None:
    number = int(key.split("-", 1)[0])
    at = beside(drawing.places[substation], (number - 473) * 120, 260)
    label = f"{number} {place.removeprefix('Trạm 110kV ')}"
    feeder = drawing.add(f"feeder-{key}", "feeder", (f"Feeder {label}", f"Lộ {label}"), [at], agency="power")
    drawing.relate(substation, "feeds", feeder)
    drawing.sensor(f"meter-{key}", feeder, ("voltage_v", "load_a"), 20, at)
    drawing.sensor(f"dispatch-{key}", feeder, ("load_ratio", "customers_off_count"), 60, at)
    names = f"Gateway {label}", f"Cổng dữ liệu {label}"
    gateway = drawing.add(f"gateway-{key}", "gateway", names, [beside(at, 40, 40)], agency="power")
    drawing.relate(feeder, "feeds", gateway)


def draw_generation(drawing: Drawing) -> None:
    """Solar plants of the plan."""
    for one in drawing.plan["solar_plants"]:
        at, names = tuple(one["at"]), (one["name"], one["name_vi"])
        plant = drawing.add(f"solar-{one['id']}", "solar_plant", names, [at], agency="power", peak_kw=one["peak_kw"])
        drawing.sensor(f"inverters-{one['id']}", plant, ("solar_plant_kw",), 60, at)


def connect_power(drawing: Drawing) -> None:
    """Cabinets, pumps and wired loops hang on feeders, telemetered sensors on the gateways of feeders."""
    turns: dict[str, list[str]] = {}
    for kind in FED:
        for name in drawing.of_kind(kind):
            substation = drawing.nearest(drawing.places[name], drawing.of_kind("substation"))
            turns.setdefault(substation, []).append(name)
    for substation, names in turns.items():
        feeders = [end for start, _, end in drawing.relations if start == substation]
        for at, name in enumerate(sorted(names, key=lambda one: drawing.places[one])):
            drawing.relate(feeders[at * len(feeders) // len(names)], "feeds", name)
    _connect_sensors(drawing)


def _connect_sensors(drawing: Drawing) -> None:
    fed_by = {end: start for start, relation, end in drawing.relations if relation == "feeds"}
    supplied = [name for kind in FED for name in drawing.of_kind(kind) if name in fed_by]
    for sensor in drawing.of_kind("sensor"):
        wired, telemetered = sensor.startswith(WIRED), sensor.startswith(BY_GATEWAY)
        if wired or telemetered:
            feeder = fed_by[drawing.nearest(drawing.places[sensor], supplied)]
            source = feeder if wired else feeder.replace("feeder-", "gateway-")
            drawing.relate(source, "feeds", sensor)
