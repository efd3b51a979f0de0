"""What lies under the edits: the city folder over what ships."""

from typing import Any

import msgspec

from infra.cities.folder import CityErrors, city_layer, read_city, shipped
from infra.postgres.incident_rows import plain
from infra.postgres.reference import CITY, SHIPPED
from schemas.errors import Unavailable
from schemas.sentences import say


class Layers(msgspec.Struct, frozen=True):
    """Both layers: name → items by id."""

    city: dict[str, dict[str, Any]]
    ships: dict[str, dict[str, Any]]

    def struct(self, name: str, row_id: str) -> tuple[Any, str]:
        """The item and its origin; None if neither layer has it."""
        for origin, items in ((CITY, self.city), (SHIPPED, self.ships)):
            if row_id in items.get(name, {}):
                return items[name][row_id], origin
        return None, CITY


def read_layers(folder: str) -> Layers:
    """Raises Unavailable while the city folder is not valid: an edit is not taken back to something unknown."""
    try:
        ships = shipped()
        return Layers(city_layer(ships, read_city(folder, ships)), ships.reference)
    except CityErrors as error:
        raise Unavailable(say("folder_unreadable", reason=error)) from None


def below_edits(folder: str, name: str, row_id: str) -> tuple[Any, str]:
    """Body and origin of a row without its edit; the body is None if neither layer has it. Raises Unavailable."""
    found, origin = read_layers(folder).struct(name, row_id)
    return None if found is None else plain(found), origin
