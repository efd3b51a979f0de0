"""The sensors: what each shows, how noisy, when it is due; each has a random stream of its own."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import msgspec
import numpy as np

from schemas.assets import Asset
from schemas.readings import CALIBRATING
from services.simulator.causes import Cause
from services.simulator.town import Array

NOISE: dict[str, tuple[float, float]] = {
    "speed_kmh": (0.0, 0.03),
    "flow_vph": (0.0, 0.05),
    "occupancy_ratio": (0.002, 0.0),
    "voltage_v": (0.6, 0.0),
    "load_a": (0.0, 0.01),
    "head_m": (0.15, 0.0),
    "flow_ls": (0.0, 0.01),
    "inflow_ls": (0.0, 0.01),
    "stage_m": (0.008, 0.0),
    "depth_m": (0.004, 0.0),
    "ph": (0.03, 0.0),
    "tap_ph": (0.03, 0.0),
    "tank_level_m": (0.01, 0.0),
    "leachate_level_m": (0.004, 0.0),
    "tide_table_m": (0.0, 0.0),
    "fill_percent": (0.8, 0.0),
    "round_delay_s": (60.0, 0.0),
    "bus_delay_s": (8.0, 0.0),
    "travel_time_s": (0.0, 0.01),
    "motorbike_ratio": (0.01, 0.0),
    "customers_off_count": (0.0, 0.0),
    "delivered_kg": (0.0, 0.12),
    "vehicles_count": (0.0, 0.06),
    "river_ph": (0.03, 0.0),
    "river_temperature_c": (0.1, 0.0),
    "effluent_temperature_c": (0.2, 0.0),
}
"""Quantity → standard deviation, absolute and as a part of the value; others have 3 % of the value."""
SIGNED = ("stage_m", "river_flow_m3s", "head_m", "tide_table_m", "bus_delay_s", "round_delay_s")
STATES = ("lamp_current_a", "pump_kw")
CALIBRATED = ("cod_mgl", "nh4n_mgl")
"""Quantities whose instruments are calibrated for ten minutes a day, at an hour of their own."""
DAY_S, CALIBRATION_S, STANDARD = 86_400, 600, 3.0
"""The standard solution has three times what is usual: above every limit, and no breach."""
BLOCK = 32


class Channel(msgspec.Struct):
    """One quantity of one sensor."""

    sensor: str
    quantity: str
    unit: str
    measured: str
    period_s: int
    phase_s: int
    source: np.random.Generator
    noise: list[float] = []

    def draw(self) -> float:
        """The next standard normal number of this sensor's own stream."""
        if not self.noise:
            self.noise = self.source.standard_normal(BLOCK).tolist()
        return self.noise.pop()


class Instruments:
    """All channels of the city."""

    def __init__(self, sensors: Iterable[Asset], seed: int, units: Mapping[str, str]) -> None:
        """`units`: quantity → unit."""
        self.channels = [
            _channel(sensor.id, quantity, units[quantity], (sensor.measures or sensor.id, seed, sensor.properties))
            for sensor in sensors
            for quantity in sensor.observes
        ]
        self._stuck: dict[str, float] = {}

    def due(self, now_s: int) -> list[Channel]:
        """Channels that take a reading in this second."""
        return [one for one in self.channels if now_s % one.period_s == one.phase_s]

    @staticmethod
    def quality(channel: Channel, now_s: int) -> str | None:
        """State of the instrument where it is not measuring."""
        if channel.quantity not in CALIBRATED:
            return None
        own_s = int.from_bytes(blake2b(channel.sensor.encode(), digest_size=4).digest(), "big")
        return CALIBRATING if (now_s + own_s) % DAY_S < CALIBRATION_S else None

    def read(self, channel: Channel, true: float, causes: Sequence[Cause], now_s: float) -> float | None:
        """What the sensor sends, in its unit; None when it is dead. The noise is drawn in any case."""
        noise = channel.draw()
        faults = {one.kind for one in causes if one.asset == channel.sensor and one.part(now_s)}
        if "sensor_dead" in faults:
            return None
        value = round(float(_noisy(channel.quantity, true, noise)), 4)
        name = f"{channel.sensor}/{channel.quantity}"
        if "sensor_stuck" in faults:
            return self._stuck.setdefault(name, value)
        self._stuck.pop(name, None)
        return value


def _channel(sensor: str, quantity: str, unit: str, of: tuple[str, int, Mapping[str, object]]) -> Channel:
    measured, seed, properties = of
    digest = blake2b(f"{seed} {sensor} {quantity}".encode(), digest_size=8).digest()
    phase = int.from_bytes(blake2b(sensor.encode(), digest_size=4).digest(), "big")
    period = int(str(properties.get("period_s", 60)))
    source = np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
    return Channel(sensor, quantity, unit, measured, period, phase % period, source)


def _noisy(quantity: str, true: float, noise: float) -> float:
    if quantity in STATES:
        return true * (1 + 0.02 * noise)
    absolute, relative = NOISE.get(quantity, (0.0, 0.03))
    if quantity == "voltage_v" and true == 0:
        return 0.0
    value = true + noise * (absolute + relative * abs(true))
    if quantity.endswith("_count"):
        return float(max(0, round(value)))
    if quantity == "wind_direction_deg":
        return value % 360
    return value if quantity in SIGNED else max(0.0, value)


def table(names: Sequence[str], values: Array) -> dict[str, float]:
    """Asset → value."""
    return dict(zip(names, values.tolist(), strict=True))
