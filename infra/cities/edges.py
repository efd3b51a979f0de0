"""`edges/` of a city folder: how its feeds come in, each file with every fault named."""

from typing import Any

from infra.cities.described import Described, check_name
from infra.cities.edge_checks import edge_faults
from infra.cities.problems import Problems
from infra.cities.sources import Sources, converted
from schemas.edges import KINDS, Edge, Files, GtfsRealtime, Modbus, Mqtt, NgsiLd, OpcUa, Sftp

TABLES: dict[str, Any] = dict(zip(KINDS, (Mqtt, Files, Sftp, NgsiLd, GtfsRealtime, Modbus, OpcUa), strict=True))


def read_edges(sources: Sources, whole: Described) -> dict[str, Edge]:
    """The edges by id; `whole` has the quantities and kinds that they may name. Each fault becomes a problem."""
    quantities = {name for domain in whole.domains.values() for name in domain.quantities}
    kinds = {kind for domain in whole.domains.values() for kind in domain.kinds}
    kinds |= {one.kind for domain in whole.domains.values() for one in domain.conditions}
    found = {}
    for file in sources.names("edges"):
        edge = _edge(sources, file)
        if edge is None:
            continue
        for field, message in edge_faults(edge, quantities, kinds):
            sources.problems.add(file, "", field, message)
        found[edge.id] = edge
    return found


def _edge(sources: Sources, file: str) -> Edge | None:
    table = sources.toml(file)
    if table is None:
        return None
    problems, before = sources.problems, len(sources.problems)
    parts = {
        name: _part(kind, table.pop(name), problems, (file, name)) for name, kind in TABLES.items() if name in table
    }
    own = converted(Edge, table, problems, file, "")
    check_name(table.get("id"), file, problems)
    if own is None or len(problems) > before:
        return None
    return Edge(**{**{name: getattr(own, name) for name in own.__struct_fields__}, **parts})


def _part(kind: Any, given: Any, problems: Problems, where: tuple[str, str]) -> Any:
    return converted(kind, given, problems, *where)
