"""Brings a database to the present form of the tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from schemas.errors import Unavailable
from schemas.sentences import say

MIGRATIONS = Path(__file__).parent / "migrations"
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
    engine = create_engine(database_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            command.upgrade(configuration(connection), "head")
    except OperationalError as error:
        raise Unavailable(say("postgres_silent", reason=" ".join(str(error.orig).split()))) from None
    finally:
        engine.dispose()


def is_present(database_url: str) -> bool:
    """Whether a database has the tables of this version, neither older nor newer ones. Raises Unavailable."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            wanted = ScriptDirectory.from_config(configuration(connection)).get_current_head()
            return MigrationContext.configure(connection).get_current_revision() == wanted
    except OperationalError as error:
        raise Unavailable(say("postgres_silent", reason=" ".join(str(error.orig).split()))) from None
    finally:
        engine.dispose()
