"""`domains/`, `limits/`, `figures/`, `rules/`, `procedures/`: decoded part by part, so that every fault is named."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import msgspec

from infra.cities.problems import Problems
from infra.cities.sources import Sources, converted
from infra.cities.unsaid import fill_domain, fill_part, fill_rule
from schemas.domains import Condition, Domain, Limit, Quantity, SignalKind
from schemas.figures import Figure
from schemas.procedures import Procedure, ProcedureStep
from schemas.rules import Cause, Pattern, Rule, Same
from schemas.sentences import say

Named = dict[str, tuple[str, Any]]
BODIES: dict[str, Any] = {"cause": Cause, "same": Same, "pattern": Pattern}


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """Domains, limits, figures, rules and procedures of one layer, by id, with the file of each."""

    domains: dict[str, Domain] = {}
    limits: dict[str, Limit] = {}
    figures: dict[str, Figure] = {}
    rules: dict[str, Rule] = {}
    procedures: dict[str, Procedure] = {}
    files: dict[str, str] = {}
    """`domain <id>`, `limit <id>`, `figure <id>`, `rule <id>`, `procedure <id>` → file."""


def read_described(sources: Sources, below: Mapping[str, Domain] | None = None) -> Described:
    """The layer in a folder; each fault becomes a problem. `below`: domains of which it may hold only further parts."""
    found = Described(domains={}, limits={}, figures={}, rules={}, procedures={}, files={})
    _read_domains(sources, found, below or {})
    for file in sources.names("limits"):
        for limit in _rows(sources, file, Limit):
            _keep(found.limits, "limit", limit, file, (found.files, sources.problems))
    for file in sources.names("figures"):
        for figure in _rows(sources, file, Figure):
            _keep(found.figures, "figure", figure, file, (found.files, sources.problems))
    _read_rules(sources, "rules", found)
    for file in sources.names("procedures"):
        _keep(found.procedures, "procedure", _procedure(sources, file), file, (found.files, sources.problems))
    return found


def _read_domains(sources: Sources, found: Described, below: Mapping[str, Domain]) -> None:
    """`domains/<id>.toml`, then what is told apart in `domains/<id>.<part>.toml`: of the one here, else of `below`."""
    files = sources.names("domains")
    parts = [file for file in files if "." in PurePosixPath(file).stem]
    for file in [file for file in files if file not in parts]:
        _keep(found.domains, "domain", _domain(sources, file), file, (found.files, sources.problems))
    for file in parts:
        name = PurePosixPath(file).stem.partition(".")[0]
        domain = found.domains.get(name) or _left(below.get(name), found.domains)
        if domain is None:
            sources.problems.add(file, "", "id", say("part_of_no_domain", domain=name))
            continue
        found.domains[name] = _with_part(sources, file, domain)
        found.files.setdefault(f"domain {name}", file)


def _left(domain: Domain | None, others: Mapping[str, Domain]) -> Domain | None:
    """A domain of the layer below without the quantities that others here have taken."""
    taken = {name for other in others.values() for name in other.quantities}
    if domain is None or not taken & domain.quantities.keys():
        return domain
    kept = {name: one for name, one in domain.quantities.items() if name not in taken}
    return msgspec.structs.replace(domain, quantities=kept)


def read_rule_files(sources: Sources, folder: str) -> Described:
    """The rules of a subfolder alone."""
    found = Described(domains={}, limits={}, figures={}, rules={}, procedures={}, files={})
    _read_rules(sources, folder, found)
    return found


def _read_rules(sources: Sources, folder: str, found: Described) -> None:
    for file in sources.names(folder):
        _keep(found.rules, "rule", _rule(sources, file), file, (found.files, sources.problems))


def _keep(items: dict[str, Any], noun: str, item: Any, file: str, notes: tuple[dict[str, str], Problems]) -> None:
    files, problems = notes
    if item is None:
        return
    if item.id in items:
        problems.add(file, f'{noun} "{item.id}"', "id", say("twice_first_in", file=files[f"{noun} {item.id}"]))
        return
    items[item.id] = item
    files[f"{noun} {item.id}"] = file


def _domain(sources: Sources, file: str) -> Domain | None:
    table = sources.toml(file)
    if table is None:
        return None
    fill_domain(table, file)
    problems, before = sources.problems, len(sources.problems)
    lists = _lists(table, problems, file)
    own = converted(Domain, table, problems, file, "")
    check_name(table.get("id"), file, problems)
    return None if own is None or len(problems) > before else msgspec.structs.replace(own, **lists)


def _with_part(sources: Sources, file: str, domain: Domain) -> Domain:
    """The domain with the quantities, kinds and conditions of one more file; itself where that is wrong."""
    table = sources.toml(file)
    if table is None:
        return domain
    fill_part(table, domain.id)
    problems, before = sources.problems, len(sources.problems)
    more = _lists(table, problems, file)
    for name in table:
        problems.add(file, "", name, say("belongs_into", domain=domain.id))
    for field in ("quantities", "kinds"):
        for name in more[field].keys() & getattr(domain, field).keys():
            problems.add(file, field, name, say("in_other_file", domain=domain.id))
    if len(problems) > before:
        return domain
    return msgspec.structs.replace(
        domain,
        quantities=domain.quantities | more["quantities"],
        kinds=domain.kinds | more["kinds"],
        conditions=domain.conditions + more["conditions"],
    )


def _lists(table: dict[str, Any], problems: Problems, file: str) -> dict[str, Any]:
    """What a domain holds many of, taken out of its table."""
    return {
        "quantities": _table(table.pop("quantities", {}), Quantity, (problems, file, "quantity")),
        "kinds": _table(table.pop("kinds", {}), SignalKind, (problems, file, "kind")),
        "conditions": _list(table.pop("conditions", []), Condition, (problems, file, "condition")),
    }


def _rows(sources: Sources, file: str, kind: Any) -> list[Any]:
    table = sources.toml(file)
    if table is None:
        return []
    noun = kind.__name__.lower()
    for name in table.keys() - {f"{noun}s"}:
        sources.problems.add(file, "", name, say("unknown_here"))
    return _list(table.get(f"{noun}s", []), kind, (sources.problems, file, noun))


def _rule(sources: Sources, file: str) -> Rule | None:
    table = sources.toml(file)
    if table is None:
        return None
    fill_rule(table, file)
    problems, before = sources.problems, len(sources.problems)
    bodies = {name: table.pop(name) for name in BODIES if name in table}
    if len(bodies) != 1:
        problems.add(file, "", "cause", say("one_of_three"))
    parts: dict[str, Any] = {}
    for name, kind in BODIES.items():
        if name in bodies:
            parts[name] = converted(kind, bodies[name], problems, file, name)
    rule = converted(Rule, table, problems, file, "")
    check_name(table.get("id"), file, problems)
    return msgspec.structs.replace(rule, **parts) if rule is not None and len(problems) == before else None


def _procedure(sources: Sources, file: str) -> Procedure | None:
    table = sources.toml(file)
    if table is None:
        return None
    problems, before = sources.problems, len(sources.problems)
    steps = _list(table.pop("steps", []), ProcedureStep, (problems, file, "step"))
    own = converted(Procedure, table, problems, file, "")
    check_name(table.get("id"), file, problems)
    if own is None or len(problems) > before:
        return None
    return msgspec.structs.replace(own, steps=tuple(steps))


def check_name(given: Any, file: str, problems: Problems) -> None:
    """Adds a problem if the `id` in a file is not the file's name."""
    stem = PurePosixPath(file).stem
    if isinstance(given, str) and given != stem:
        problems.add(file, "", "id", say("named_otherwise", id=given, name=stem))


Where = tuple[Problems, str, str]


def _table(given: Any, kind: Any, where: Where) -> dict[str, Any]:
    problems, file, noun = where
    if not isinstance(given, dict):
        problems.add(file, "", noun, say("not_table"))
        return {}
    read = {name: converted(kind, value, problems, file, f'{noun} "{name}"') for name, value in given.items()}
    return {name: value for name, value in read.items() if value is not None}


def _list(given: Any, kind: Any, where: Where) -> list[Any]:
    problems, file, noun = where
    if not isinstance(given, list):
        problems.add(file, "", noun, say("not_list_of", noun=noun))
        return []
    read = [converted(kind, value, problems, file, _which(noun, value, at)) for at, value in enumerate(given)]
    return [value for value in read if value is not None]


def _which(noun: str, value: Any, at: int) -> str:
    named = value.get("id") or value.get("key") if isinstance(value, dict) else None
    return f'{noun} "{named}"' if isinstance(named, str) else f"{noun} {at + 1}"
