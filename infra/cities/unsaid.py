"""What a city's own files may leave unsaid: an id that the file's name says, and words, which the ids then stand for.

What ships says everything, in both languages (`tests/contract/test_shape.py`).
"""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

Table = dict[str, Any]


def fill_domain(table: Table, file: str) -> None:
    """Ids and words of a domain, its quantities, kinds and conditions."""
    _fill_words(table, _stem(table, file), "name")
    table.setdefault("description", "")
    table.setdefault("description_vi", table["description"])
    _fill_lists(table, table["id"])


def fill_part(table: Table, domain: str) -> None:
    """Ids and words of what another file of a domain holds."""
    _fill_lists(table, domain)


def _fill_lists(table: Table, domain: str) -> None:
    for noun in ("quantities", "kinds"):
        for name, one in _tables(table.get(noun, {})):
            _fill_words(one, name, "name")
    for number, (_, one) in enumerate(_tables(table.get("conditions", []))):
        one.setdefault("id", _condition_id((domain, table), one, number))
        _fill_words(one, one.get("kind", one["id"]), "name")


def fill_rule(table: Table, file: str) -> None:
    """Id and words of a rule."""
    _fill_words(table, _stem(table, file), "title")
    table.setdefault("runbook", "")
    table.setdefault("runbook_vi", table["runbook"])
    if "procedure" in table:
        table.setdefault("procedure_vi", table["procedure"])


def _stem(table: Table, file: str) -> Any:
    return table.setdefault("id", PurePosixPath(file).stem)


def _fill_words(table: Table, name: Any, field: str) -> None:
    table.setdefault(field, name)
    table.setdefault(f"{field}_vi", table[field])


def _condition_id(among: tuple[Any, Table], condition: Table, number: int) -> str:
    """`<domain>.<last part of the kind>`, numbered where the file has that already."""
    domain, table = among
    wanted = f"{domain}.{str(condition.get('kind', number + 1)).rpartition('.')[2]}"
    taken = {one.get("id") for _, one in _tables(table["conditions"])}
    return wanted if wanted not in taken else f"{wanted}_{number + 1}"


def _tables(given: Any) -> Iterable[tuple[str, Table]]:
    """The tables in a table or list, with their names; what is none is told of when it is read."""
    named = given.items() if isinstance(given, dict) else enumerate(given) if isinstance(given, list) else ()
    return [(str(name), one) for name, one in named if isinstance(one, dict)]
