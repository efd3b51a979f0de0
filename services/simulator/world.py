"""The simulated city: physics every five seconds, readings and tidings every second, random only by seed."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import pi, sin
from zoneinfo import ZoneInfo

from infra.cities.folder import CityFolder, layered, shipped
from services.simulator.air import Air
from services.simulator.causes import Cause
from services.simulator.generation import Generation
from services.simulator.instruments import STANDARD, Channel, Instruments, table
from services.simulator.journeys import Journeys
from services.simulator.parks import Parks
from services.simulator.power import Power
from services.simulator.river import River
from services.simulator.strangers import strangers
from services.simulator.supply import Supply
from services.simulator.tidings import Tiding, idle, tidings
from services.simulator.town import Array, Town
from services.simulator.traffic import Outside, Traffic
from services.simulator.waste import Waste
from services.simulator.water import Surroundings, Water

STEP_S = 5
WARM_UP_S = 900
"""Physics runs this long before the first second, so that roads are not empty."""
RIVER = (
    *("stage_m", "river_flow_m3s", "river_cod_mgl", "do_mgl"),
    *("river_temperature_c", "river_ph", "river_nh4n_mgl", "river_bod5_mgl", "river_tss_mgl", "tide_table_m"),
)
EFFLUENT = ("cod_mgl", "nh4n_mgl", "tss_mgl", "ph", "effluent_temperature_c", "effluent_flow_m3h")
STACK = (
    *("stack_dust_mgm3", "stack_so2_mgm3", "stack_nox_mgm3", "stack_co_mgm3"),
    *("stack_flow_m3h", "stack_temperature_c"),
)
AMBIENT = ("pm25_ugm3", "pm10_ugm3", "no2_ugm3", "o3_ugm3", "so2_ugm3", "co_ugm3", "tsp_ugm3")
WEATHER = ("rain_mmh", "rain_mm", "wind_speed_ms", "wind_direction_deg", "gust_ms", "temperature_c")


class Reading:
    """One value that a sensor sent."""

    __slots__ = ("channel", "quality", "value")

    def __init__(self, channel: Channel, value: float, quality: str | None = None) -> None:
        """`value` in the channel's unit; `quality`: state of the instrument where it is not measuring."""
        self.channel = channel
        self.value = value
        self.quality = quality


class World:
    """One run: a folder, a start, a seed and the causes; the same give the same readings."""

    def __init__(self, folder: CityFolder, start: datetime, seed: int, *, unregistered: bool = False) -> None:
        """`start`: aware time of second 0; `unregistered`: sensors that the city does not know send too."""
        self.town = Town(folder)
        self.start = start
        self.seed = seed
        self._zone = ZoneInfo(folder.city.time_zone)
        domains = layered(shipped(), folder).domains
        units = {name: one.unit for domain in domains.values() for name, one in domain.quantities.items()}
        self.domain = {name: domain.id for domain in domains.values() for name in domain.quantities}
        sensors = [*self.town.sensors, *(strangers(self.town) if unregistered else ())]
        self.instruments = Instruments(sensors, seed, units)
        self.power, self.traffic, self.water = Power(self.town), Traffic(self.town), Water(self.town)
        self.river, self.air, self.parks = River(self.town), Air(self.town, seed), Parks(self.town)
        self.journeys, self.supply, self.waste = Journeys(self.town), Supply(self.town), Waste(self.town)
        self.generation = Generation(self.town)
        self.causes: list[Cause] = []
        self._waiting: list[Tiding] = []
        self._idle = idle(self.town, seed)
        self._next_idle = next(self._idle, None)
        self._shown: dict[tuple[str, str], float] = {}
        for second in range(-WARM_UP_S, 0, STEP_S):
            self._physics(second)

    def inject(self, cause: Cause) -> None:
        """Takes a cause into the run, before it begins."""
        self.causes.append(cause)
        self._waiting += tidings(self.town, cause, self.seed)

    def second(self, now_s: int) -> tuple[list[Reading], list[Tiding]]:
        """What is sent in this second; call with 0, 1, 2, …"""
        if now_s % STEP_S == 0:
            self.causes = [one for one in self.causes if one.end_s > now_s - STEP_S]
            self._physics(now_s)
        return list(self._readings(now_s)), self._told(now_s)

    def at(self, now_s: float) -> datetime:
        """The time of a second of the run."""
        return self.start + timedelta(seconds=now_s)

    def local(self, now_s: float) -> datetime:
        """The same by the city's clock."""
        return self.at(now_s).astimezone(self._zone)

    def _readings(self, now_s: int) -> Iterator[Reading]:
        for channel in self.instruments.due(now_s):
            true = self._shown.get((channel.quantity, channel.measured))
            if true is None:
                continue
            quality = self.instruments.quality(channel, now_s)
            value = self.instruments.read(channel, STANDARD * true if quality else true, self.causes, now_s)
            if value is not None and channel.sensor not in self.power.unpowered:
                yield Reading(channel, value, quality)

    def _told(self, now_s: int) -> list[Tiding]:
        if self._next_idle is not None and self._next_idle.told_s <= now_s:
            self._waiting.append(self._next_idle)
            self._next_idle = next(self._idle, None)
        due = [one for one in self._waiting if one.told_s <= now_s]
        if due:
            self._waiting = [one for one in self._waiting if one.told_s > now_s]
        return sorted(due, key=lambda one: (one.told_s, one.id))

    def _physics(self, now_s: int) -> None:
        local = self.local(now_s)
        hour = local.hour + local.minute / 60 + local.second / 3600
        demand = 0.85 + 0.12 * sin((hour - 7) / 12 * pi)
        self.power.step(now_s, self.causes, demand)
        self.air.step(now_s, STEP_S, self.causes, hour)
        unpowered = self.power.unpowered
        self.water.step(now_s, STEP_S, self.causes, Surroundings(demand, unpowered, self.air.rain()))
        self.traffic.step(now_s, STEP_S, self.causes, Outside(demand, unpowered, self.water.depth))
        self.river.step(now_s, STEP_S, self.causes, local.timestamp())
        self.parks.step(hour)
        self.journeys.step(STEP_S, self.traffic.values, hour)
        self.supply.step(now_s, STEP_S, self.causes, (hour, self.water.leaks))
        self.waste.step(now_s, self.causes, hour)
        self.generation.step(hour, self.air.rain())
        self._show()

    def _show(self) -> None:
        for part, tables in self._tables():
            for names, quantities in tables:
                for quantity in quantities:
                    shown = table(names, part[quantity])
                    self._shown.update({(quantity, asset): value for asset, value in shown.items()})

    def _tables(self) -> Iterator[tuple[dict[str, Array], list[tuple[Sequence[str], Sequence[str]]]]]:
        """Values of each part with the assets that they belong to."""
        traffic, river, air, power = self.traffic, self.river, self.air, self.power
        dispatched = power.feeders, ("load_ratio", "customers_off_count")
        yield power.values, [(power.metered, ("voltage_v", "load_a")), dispatched]
        yield (
            traffic.values,
            [(traffic.names, ("speed_kmh", "flow_vph", "occupancy_ratio")), (traffic.lamps, ("lamp_current_a",))],
        )
        water = self.water
        named = [(water.points, ("head_m",)), (water.mains, ("flow_ls",)), (water.pumps, ("pump_kw",))]
        yield water.values, [*named, (water.roads, ("depth_m",))]
        yield self.parks.values, [(self.parks.names, tuple(self.parks.values))]
        yield (
            river.values,
            [
                (river.names, RIVER),
                (river.outfalls, EFFLUENT),
            ],
        )
        yield (
            air.values,
            [
                (air.stations, AMBIENT),
                (air.stacks, STACK),
                (air.zones, WEATHER),
            ],
        )
        yield from self._services()

    def _services(self) -> Iterator[tuple[dict[str, Array], list[tuple[Sequence[str], Sequence[str]]]]]:
        """The same of what is worked out from the others."""
        journeys, supply, waste, generation = self.journeys, self.supply, self.waste, self.generation
        counted = self.traffic.names, ("vehicles_count", "motorbike_ratio")
        travelled = (journeys.corridors, ("travel_time_s",)), (journeys.lines, ("bus_delay_s",))
        yield journeys.values, [*travelled, counted]
        taps = supply.taps, ("chlorine_mgl", "turbidity_ntu", "tap_ph")
        yield supply.values, [(supply.tanks, ("tank_level_m",)), taps, (supply.areas, ("inflow_ls", "night_flow_ls"))]
        landfill = (waste.landfills, ("delivered_kg", "methane_percent")), (waste.ponds, ("leachate_level_m",))
        yield waste.values, [(waste.bins, ("fill_percent",)), (waste.rounds, ("round_delay_s",)), *landfill]
        made = (generation.plants, ("solar_plant_kw",)), (generation.generators, ("renewable_kw",))
        yield generation.values, [*made]
