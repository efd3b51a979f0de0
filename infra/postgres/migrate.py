"""Brings a database to the present form of the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from infra.postgres.refusals import said_by, state_of
from schemas.errors import Unavailable
from schemas.sentences import say

MIGRATIONS = Path(__file__).parent / "migrations"
INSUFFICIENT_PRIVILEGE = "42501"
LOCK = 7_160_001
"""Advisory lock: two starts at once migrate one after the other."""


def configuration(connection: Connection) -> Config:
    """Alembic's configuration on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(database_url: str) -> None:
    """Applies what is missing, in one transaction; does nothing on a present database. Raises Unavailable."""
    with _connected(database_url) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _revision(connection)
        command.upgrade(configuration(connection), "head")


def is_present(database_url: str) -> bool:
    """Whether a database has the tables of this version, not older ones. Raises Unavailable, also for newer ones."""
    with _connected(database_url) as connection:
        return _revision(connection) == _scripts(connection).get_current_head()


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    """A transaction. What PostgreSQL says against it raises Unavailable."""
    engine = create_engine(database_url)
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError as error:
        raise Unavailable(say("postgres_silent", reason=said_by(error))) from None
    except DBAPIError as error:
        told = "postgres_rights" if state_of(error) == INSUFFICIENT_PRIVILEGE else "postgres_refuses"
        raise Unavailable(say(told, reason=said_by(error))) from None
    finally:
        engine.dispose()


def _scripts(connection: Connection) -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration(connection))


def _revision(connection: Connection) -> str | None:
    """The form of the tables; None: there are none. Raises Unavailable for one that this version does not know."""
    found = MigrationContext.configure(connection).get_current_revision()
    scripts = _scripts(connection)
    if found is not None and found not in {one.revision for one in scripts.walk_revisions()}:
        raise Unavailable(say("database_newer", found=found, known=scripts.get_current_head()))
    return found
