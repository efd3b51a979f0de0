"""An edited domain condition by condition: which of them differ from the layer under it, and one without its edit."""

import msgspec

from schemas.domains import Condition, Domain
from services.api.layers import Layers


class Held(msgspec.Struct, frozen=True):
    """A domain in force, where it comes from, its revision."""

    domain: Domain
    origin: str
    revision: int


def condition_of(domain: Domain | None, condition_id: str) -> Condition | None:
    """The condition of a domain with this id."""
    return next((one for one in domain.conditions if one.id == condition_id), None) if domain else None


def differing(held: Held, layers: Layers) -> list[str]:
    """Ids of the conditions that the layer below has otherwise, or not, or that only it has."""
    below: Domain | None = layers.struct("domains", held.domain.id)[0]
    both = [*held.domain.conditions, *(below.conditions if below else ())]
    ids = dict.fromkeys(one.id for one in both)
    return [name for name in ids if condition_of(held.domain, name) != condition_of(below, name)]


def without_edit(domain: Domain, below: Domain | None, condition_id: str) -> Domain:
    """The domain with this condition as the layer below has it, or has it not, in the order of that layer."""
    ids = dict.fromkeys(one.id for one in (*(below.conditions if below else ()), *domain.conditions))
    found = [condition_of(below if name == condition_id else domain, name) for name in ids]
    return msgspec.structs.replace(domain, conditions=[one for one in found if one])
