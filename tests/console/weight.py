"""How much a browser loads of the console."""

import gzip
from pathlib import Path


def weight(assets: Path) -> int:
    """Bytes after gzip of what a browser can load: of the two drawers of the map one, never both (decision 15)."""
    packed = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in assets.glob("*.*s")}
    drawers = [size for name, size in packed.items() if name.startswith(("leaflet-", "maplibre-"))]
    assert len(drawers) == 2
    return sum(packed.values()) - min(drawers)
