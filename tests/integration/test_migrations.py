"""The migrations lead to the tables, and to nothing else."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url, text

from infra.postgres.migrate import configuration, is_present, upgrade
from infra.postgres.tables import metadata
from schemas.errors import Unavailable
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


def test_tables_of_a_newer_version_are_left_alone_and_said(shared_servers: Servers) -> None:
    database_url = shared_servers.fresh_database()
    upgrade(database_url)
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for ask in (upgrade, is_present):
        with pytest.raises(Unavailable, match=r"9999.*start that version again, or restore a backup"):
            ask(database_url)


def test_a_user_who_may_create_nothing_is_told_what_it_needs(shared_servers: Servers) -> None:
    database_url = make_url(shared_servers.fresh_database())
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE reader LOGIN PASSWORD 'reader'"))
    engine.dispose()
    reader = database_url.set(username="reader", password="reader").render_as_string(hide_password=False)
    with pytest.raises(Unavailable, match=r"permission denied for schema public.*must own the tables"):
        upgrade(reader)


def test_minutes_of_before_the_partitions_keep_their_months_and_get_hours(shared_servers: Servers) -> None:
    database_url = shared_servers.fresh_database()
    engine = create_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0008")
        connection.execute(text(BEFORE))
    upgrade(database_url)
    with engine.connect() as connection:
        minutes = connection.execute(text("SELECT tableoid::regclass::text, count FROM rollups ORDER BY minute")).all()
        hours = connection.execute(text("SELECT count, sum, min, max, last FROM rollup_hours ORDER BY hour")).all()
    engine.dispose()
    assert [tuple(row) for row in minutes] == [("rollups_2016_12", 2), ("rollups_2016_12", 1), ("rollups_2017_01", 1)]
    assert [tuple(row) for row in hours] == [(3, 9.0, 2.0, 5.0, 5.0), (1, 7.0, 7.0, 7.0, 7.0)]


BEFORE = """
    INSERT INTO rollups (sensor, quantity, minute, count, sum, min, max, last) VALUES
    ('gauge', 'level_m', '2016-12-31T23:58Z', 2, 4, 2, 2, 2), ('gauge', 'level_m', '2016-12-31T23:59Z', 1, 5, 5, 5, 5),
    ('gauge', 'level_m', '2017-01-01T00:00Z', 1, 7, 7, 7, 7)
"""
