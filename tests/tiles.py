"""A small real .pmtiles file: vector tiles of one lake, written by the reference library."""

import gzip
from pathlib import Path

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

EXTENT = 4096
LAKE = "water"


def _varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])


def _field(number: int, value: int | bytes) -> bytes:
    """One field of protobuf: a number, or what has a length."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def square() -> bytes:
    """A Mapbox Vector Tile 2.1 whose layer `water` is one polygon over all of the tile."""

    def step(distance: int) -> int:
        return distance << 1 ^ distance >> 31

    move, line, close = 1 << 3 | 1, 3 << 3 | 2, 1 << 3 | 7
    corners = [step(EXTENT), 0, 0, step(EXTENT), step(-EXTENT) & 0xFFFFFFFF, 0]
    geometry = b"".join(map(_varint, [move, 0, 0, line, *corners, close]))
    feature = _field(3, 3) + _field(4, geometry)
    layer = _field(15, 2) + _field(1, LAKE.encode()) + _field(2, feature) + _field(5, EXTENT)
    return _field(3, layer)


def write_lake(file: Path) -> None:
    """The whole world is a lake, at zoom 0 and 1."""
    degrees = 10_000_000
    with write(str(file)) as writer:
        for z, x, y in [(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 0, 1), (1, 1, 1)]:
            writer.write_tile(zxy_to_tileid(z, x, y), gzip.compress(square(), mtime=0))
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": -180 * degrees,
            "min_lat_e7": -85 * degrees,
            "max_lon_e7": 180 * degrees,
            "max_lat_e7": 85 * degrees,
            "center_zoom": 0,
            "center_lon_e7": 0,
            "center_lat_e7": 0,
        }
        writer.finalize(header, {"vector_layers": [{"id": LAKE, "fields": {}}]})
