"""A city beside another, before and after a change of administrative units, and a river."""

from datetime import date

from schemas.assets import Area, Asset

AREAS = (
    Area(id="own", name="Own", zones=("z",)),
    Area(id="before", name="Before", zones=("n",), agency="old", valid_to=date(2025, 7, 1)),
    Area(id="next", name="Next", zones=("n",), agency="next", neighbour=True, valid_from=date(2025, 7, 1)),
)


def reach(name: str, zone: str, kind: str = "river_reach") -> Asset:
    return Asset(id=name, kind=kind, name=f"River, {name}", name_vi=f"Sông, {name}", zone=zone)
