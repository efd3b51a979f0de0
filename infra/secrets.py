"""Secrets of edges: by name from the environment, or from a file of that name that the machine hands in."""

import os
from pathlib import Path

from schemas.errors import Unavailable
from schemas.sentences import say


def secret(name: str) -> str:
    """The secret of this name: a variable, or a file in $CREDENTIALS_DIRECTORY (systemd, a mounted volume).

    Empty for an empty name. Raises Unavailable naming what is not set.
    """
    if not name:
        return ""
    if name in os.environ:
        return os.environ[name]
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder, name) if folder else None
    if path is not None and path.is_file():
        return path.read_text(encoding="utf-8").rstrip("\n")
    raise Unavailable(say("secret_missing", name=name))
