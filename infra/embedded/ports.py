"""Loopback ports: free ones, taken ones, and the ones that a run directory keeps."""

import secrets
import socket
from itertools import chain, cycle, islice
from pathlib import Path

import msgspec

from infra.hosts import family_of
from schemas.errors import Unavailable
from schemas.sentences import say

LOOPBACK = "127.0.0.1"
FIRST, LAST = 20_000, 32_767
"""Where a port is looked for. Above it systems hand out ports to whoever connects (Linux from 32,768, RFC 6335 from
49,152): one of those may be taken by somebody else between the choice and the server's start."""
_start = FIRST + secrets.randbelow(LAST + 1 - FIRST)
_next_ports = cycle(chain(range(_start, LAST + 1), range(FIRST, _start)))


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether something could listen there now."""
    with socket.socket(family_of(host)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether something listens there now."""
    with socket.socket() as caller:
        caller.settimeout(0.5)
        return caller.connect_ex((host, port)) == 0


def free_ports(count: int) -> list[int]:
    """Different loopback ports that nothing listens on now; those given before come last."""
    return list(islice(filter(is_free, _next_ports), count))


def kept_ports(path: Path, names: list[str]) -> dict[str, int]:
    """The ports of these names from a file, so that addresses stay between runs; taken ones are chosen anew."""
    kept: dict[str, int] = msgspec.json.decode(path.read_bytes()) if path.is_file() else {}
    fresh = iter(free_ports(len(names)))
    chosen = {name: kept[name] if name in kept and is_free(kept[name]) else next(fresh) for name in names}
    path.write_bytes(msgspec.json.encode(chosen))
    return chosen


def require_free(host: str, port: int, setting: str) -> None:
    """Raises Unavailable in one sentence if the port is taken."""
    if not is_free(port, host):
        raise Unavailable(say("port_taken", port=port, host=host, setting=setting))
