"""Writes everything in `docs/generated` and the console's units anew: `make docs`. Contract tests hold all to this."""

import ast
import json
from pathlib import Path

import msgspec

from city.units import IN_VIETNAMESE, LETTERS, SAID
from infra.settings import Settings
from schemas.generate import rendered
from services.api.publish import documents
from tests.contract.tree import ROOT

GENERATED = ROOT / "docs" / "generated"
UNITS = ROOT / "services" / "console" / "src" / "lib" / "units.json"


def docstrings_of_fields(source: str, name: str) -> dict[str, str]:
    """Field → the string under it, of a class in a module's source."""
    found = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == name)
    return {
        field.target.id: text.value.value
        for field, text in zip(found.body, found.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }


def _shown(value: object) -> str:
    text = str(int(value)) if isinstance(value, bool) else str(value)
    return f"`{text}`" if text else "empty"


def settings_page() -> str:
    """Every setting with its default and what it is for."""
    words = docstrings_of_fields((ROOT / "infra/settings.py").read_text(), "Settings")
    lines = ["# Settings", "", "From the environment only. Generated from `infra/settings.py` by `make docs`.", ""]
    lines += ["| variable | default | what it is |", "|---|---|---|"]
    for field in msgspec.structs.fields(Settings):
        text = " ".join(words[field.name].split())
        lines.append(f"| `SOC_{field.name.upper()}` | {_shown(field.default)} | {text} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, bytes]:
    """File name → content of everything that is generated."""
    return {**documents(), "settings.md": settings_page().encode(), "input.schema.json": rendered().encode()}


def units() -> bytes:
    """How people write units, for the console."""
    tables = {"said": SAID, "letters": LETTERS, "vi": IN_VIETNAMESE}
    return (json.dumps(tables, ensure_ascii=False, indent=2) + "\n").encode()


def write(folder: Path) -> None:
    """Writes all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pages().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    write(GENERATED)
    UNITS.write_bytes(units())
