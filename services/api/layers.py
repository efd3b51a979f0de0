"""What lies under the edits: the city folder over what ships."""

from typing import Any

from infra.cities.folder import read_city, shipped
from infra.cities.problems import CityErrors
from infra.postgres.incident_rows import plain
from infra.postgres.reference import CITY, SHIPPED
from schemas.errors import Unavailable


def below_edits(folder: str, name: str, row_id: str) -> tuple[Any, str]:
    """Body and origin of a rule, limit, figure or procedure without its edit; the body is None if neither layer has it.

    Raises Unavailable while the city folder is not valid: an edit is not taken back to something unknown.
    """
    try:
        ships = shipped()
        layers = ((CITY, read_city(folder, ships).reference), (SHIPPED, ships.reference))
    except CityErrors as error:
        raise Unavailable(f"the city folder cannot be read: {error}") from None
    for origin, items in layers:
        if row_id in items.get(name, {}):
            return plain(items[name][row_id]), origin
    return None, CITY
