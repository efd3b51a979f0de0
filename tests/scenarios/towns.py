"""The towns of the scenarios: read from a folder, and copied into one city, where each scenario has its own."""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

TOWN = Path(__file__).parent / "town"
APART = 0.4
"""Degrees of longitude between two copies, about 44 km: no rule reaches so far."""


class Copy(msgspec.Struct, frozen=True):
    """One copy of a town: its assets have a prefix and lie further east."""

    folder: Path
    number: int

    @property
    def prefix(self) -> str:
        """Stands before the id of each asset, and nowhere else."""
        return f"s{self.number:03d}-"

    @property
    def east(self) -> float:
        """Degrees by which it was moved."""
        return self.number * APART

    def marked(self, value: Any, key: str = "") -> Any:
        """What a scenario says of its town, said of the copy: JSON in, JSON out."""
        if isinstance(value, dict):
            return {name: self.marked(one, name) for name, one in value.items()}
        if key == "coordinates":
            return self.moved(value)
        if isinstance(value, list):
            return [self.marked(one, key) for one in value]
        if key in ("asset", "assets", "zone", "zones", "n", "bn", "measures") and value:
            return self.prefix + value
        return value + self.east if key == "lon" else value

    def moved(self, coordinates: Any) -> Any:
        """Positions of GeoJSON, nested as they come, moved east."""
        if coordinates and isinstance(coordinates[0], int | float):
            return [coordinates[0] + self.east, *coordinates[1:]]
        return [self.moved(one) for one in coordinates]

    def plain(self, text: str) -> str:
        """What the center says of the copy, said of the town."""
        return text.replace(self.prefix, "")

    def holds(self, asset: str | None, position: Sequence[float] | None) -> bool:
        """Whether an asset or a position is of this copy."""
        if asset is not None and asset.startswith(self.prefix):
            return True
        return position is not None and abs(position[0] - 106.65 - self.east) < APART / 2

    def features(self) -> list[dict[str, Any]]:
        """Its assets as GeoJSON."""
        features = json.loads((self.folder / "assets.geojson").read_text())["features"]
        return [
            {
                **self.marked({name: one[name] for name in ("type", "properties", "geometry")}),
                "id": self.prefix + one["id"],
            }
            for one in features
        ]

    def relations(self) -> list[str]:
        """Its relations as lines of CSV."""
        rows = [line.split(",") for line in (self.folder / "relations.csv").read_text().splitlines()[1:]]
        return [f"{self.prefix}{source},{relation},{self.prefix}{target}" for source, relation, target in rows]


def avenue(folder: Path, crossings: int) -> Path:
    """A larger town: so many crossings on feeder f1 and twelve more on f2, each with cabinet, signal, road and loop."""
    shutil.copytree(TOWN, folder)
    features = [
        _feature(name, kind, zone="z1") for name, kind in (("sub", "substation"), ("f1", "feeder"), ("f2", "feeder"))
    ]
    relations = ["sub,feeds,f1", "sub,feeds,f2"]
    for number in range(1, crossings + 13):
        feeder = "f1" if number <= crossings else "f2"
        place = (106.602 + 0.002 * (number % 60), 11.0 + 0.002 * (number // 60))
        kinds = {"cab": "cabinet", "tl": "traffic_signal", "seg": "road_segment"}
        features += [_feature(f"{name}{number}", kind, place, zone="z1") for name, kind in kinds.items()]
        loop = {"observes": ["speed_kmh"], "measures": f"seg{number}"}
        features.append(_feature(f"loop{number}", "sensor", place, zone="z1", **loop))
        relations += [f"{feeder},feeds,cab{number}", f"{feeder},feeds,loop{number}"]
        relations += [f"cab{number},controls,tl{number}", f"tl{number},controls,seg{number}"]
    return _written(folder, [_feature("z1", "zone"), *features], relations)


def _feature(name: str, kind: str, place: tuple[float, float] = (106.6, 11.0), **more: Any) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": list(place)}
    return {"type": "Feature", "id": name, "properties": {"kind": kind, "name": name, **more}, "geometry": point}


def write_city(folder: Path, copies: Sequence[Copy], clock: str = "events") -> Path:
    """All copies as one city folder: words and rules are those of the town."""
    shutil.copytree(TOWN, folder)
    features = [feature for copy in copies for feature in copy.features()]
    _written(folder, features, [line for copy in copies for line in copy.relations()])
    (folder / "city.toml").write_text(f'clock = "{clock}"\n' + (folder / "city.toml").read_text())
    return folder


def _written(folder: Path, features: list[dict[str, Any]], relations: list[str]) -> Path:
    (folder / "assets.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (folder / "relations.csv").write_text("\n".join(["from,relation,to", *relations]) + "\n")
    zones = json.dumps([one["id"] for one in features if one["properties"]["kind"] == "zone"])
    words = re.sub(r"(?m)^zones = .*$", f"zones = {zones}", (folder / "city.toml").read_text())
    (folder / "city.toml").write_text(words)
    return folder
