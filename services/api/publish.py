"""Writes the OpenAPI and AsyncAPI documents to a folder: `python -m services.api.publish docs/generated`."""

import sys
from pathlib import Path
from typing import Any

import msgspec

from services.api.app import build
from services.api.asyncapi import document


def documents() -> dict[str, bytes]:
    """File name → content, sorted and indented, so that a difference is readable."""
    every: dict[str, Any] = {"openapi.json": build(None).openapi(), "asyncapi.json": document()}
    return {
        name: msgspec.json.format(msgspec.json.encode(content, order="sorted"), indent=1) + b"\n"
        for name, content in every.items()
    }


def write(folder: Path) -> None:
    """Writes every document into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
