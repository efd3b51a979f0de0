"""`assets.geojson` of a city folder: features in, assets out."""

import re
from typing import Any

import msgspec

from city.geometry import fault, representative
from infra.cities.problems import Problems
from infra.cities.sources import Sources, converted
from schemas.assets import UNKNOWN_ZONE, Asset
from schemas.sentences import say

FILE = "assets.geojson"
KNOWN = ("kind", "name", "name_vi", "zone", "region", "agency", "observes", "measures", "approximate")
ID = re.compile(r"[^\s\x00-\x1f]{1,128}")
SENSOR_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-:._/]{0,127}")


class _Properties(msgspec.Struct, frozen=True, kw_only=True):
    """The properties of a feature that have a meaning here; all others are kept as they are.

    What is null is left out: exporters of GIS write each column of their table.
    """

    kind: str
    name: str
    name_vi: str = ""
    zone: str = UNKNOWN_ZONE
    region: str = "city"
    agency: str | None = None
    observes: tuple[str, ...] = ()
    measures: str | None = None
    approximate: bool = False


def read_assets(sources: Sources) -> dict[str, Asset]:
    """Assets by id, in file order; each fault becomes a problem and its feature is left out."""
    features = collection(sources, FILE)
    found: dict[str, Asset] = {}
    for index, feature in enumerate(features):
        asset = _asset(feature, index, sources.problems)
        if asset is None:
            continue
        if asset.id in found:
            sources.problems.add(FILE, place(asset.id), "id", say("twice"))
        found.setdefault(asset.id, asset)
    return found


def collection(sources: Sources, file: str, *, required: bool = True) -> list[Any]:
    """The features of a FeatureCollection; empty and a problem where it is none."""
    whole = sources.json(file, required=required)
    if whole is None:
        return []
    if not isinstance(whole, dict) or whole.get("type") != "FeatureCollection":
        sources.problems.add(file, "", "type", say("not_type", type="FeatureCollection"))
        return []
    features = whole.get("features")
    if not isinstance(features, list):
        sources.problems.add(file, "", "features", say("not_list"))
        return []
    return features


def place(asset_id: str) -> str:
    """How a problem names a feature."""
    return f'feature "{asset_id}"'


def _asset(feature: Any, index: int, problems: Problems) -> Asset | None:
    where = f"feature {index + 1}"
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        problems.add(FILE, where, "type", say("not_type", type="Feature"))
        return None
    asset_id = feature.get("id")
    if not isinstance(asset_id, str) or not ID.fullmatch(asset_id):
        problems.add(FILE, where, "id", say("asset_id_required"))
        return None
    before = len(problems)
    asset = _with_properties(feature, asset_id, problems)
    return asset if len(problems) == before else None


def _with_properties(feature: dict[str, Any], asset_id: str, problems: Problems) -> Asset | None:
    geometry, given = feature.get("geometry"), feature.get("properties")
    if geometry is not None and (wrong := fault(geometry)):
        problems.add(FILE, place(asset_id), *wrong)
        geometry = None
    said = {name: value for name, value in given.items() if value is not None} if isinstance(given, dict) else given
    read = converted(_Properties, {} if said is None else said, problems, FILE, place(asset_id))
    if read is None or given is None:
        return None
    _check_properties(read, asset_id, problems)
    return Asset(
        id=asset_id,
        **msgspec.structs.asdict(read),
        position=representative(geometry) if geometry else None,
        geometry=geometry if geometry and geometry["type"] != "Point" else None,
        properties={name: value for name, value in given.items() if name not in KNOWN},
    )


def _check_properties(read: _Properties, asset_id: str, problems: Problems) -> None:
    for field in ("kind", "name", "zone", "region"):
        if not getattr(read, field):
            problems.add(FILE, place(asset_id), field, say("empty"))
    if read.kind == "sensor" and not SENSOR_ID.fullmatch(asset_id):
        problems.add(FILE, place(asset_id), "id", say("not_sensor_id"))
    if read.measures == asset_id:
        problems.add(FILE, place(asset_id), "measures", say("measures_itself"))
