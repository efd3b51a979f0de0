"""Loopback ports: free ones, taken ones, and the ones that a run directory keeps."""

import socket
from pathlib import Path

import msgspec

from infra.hosts import family_of
from schemas.errors import Unavailable
from schemas.sentences import say

LOOPBACK = "127.0.0.1"


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
    """Different loopback ports that nothing listens on now."""
    listeners = [socket.socket() for _ in range(count)]
    try:
        for listener in listeners:
            listener.bind((LOOPBACK, 0))
        return [int(listener.getsockname()[1]) for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()


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
