"""The migrations lead to the tables, and to nothing else."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from infra.postgres.migrate import upgrade
from infra.postgres.tables import metadata
from tests.servers import Servers

COMPARED = {"compare_type": True, "compare_server_default": True}


def test_the_migrations_lead_to_the_tables(shared_servers: Servers) -> None:
    database_url = shared_servers.fresh_database()
    upgrade(database_url)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=COMPARED), metadata) == []
        connection.execute(text("ALTER TABLE incidents DROP COLUMN search"))
        left = compare_metadata(MigrationContext.configure(connection, opts=COMPARED), metadata)
        assert [difference[0] for difference in left] == ["add_column"], "the comparison is blind"
    engine.dispose()


def test_migrating_again_changes_nothing(shared_servers: Servers) -> None:
    database_url = shared_servers.fresh_database()
    upgrade(database_url)
    upgrade(database_url)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    engine.dispose()
