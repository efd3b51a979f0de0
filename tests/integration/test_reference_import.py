"""Layers of reference data against a real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres.engine import connect
from infra.postgres.incident_rows import plain
from infra.postgres.migrate import upgrade
from infra.postgres.reference import EDIT, SHIPPED, Items, Write, import_layer, put_all, put_reference
from infra.postgres.tables import outbox, reference
from schemas.assets import Asset, Relation
from schemas.reference import decode_reference_record
from tests.servers import Servers

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
async def engine(shared_servers: Servers) -> AsyncIterator[AsyncEngine]:
    database_url = shared_servers.fresh_database()
    upgrade(database_url)
    found = connect(database_url)
    yield found
    await found.dispose()


def assets(**names: str) -> Items:
    return {"assets": {name: Asset(id=name, kind="feeder", name=said) for name, said in names.items()}}


async def names(engine: AsyncEngine) -> dict[str, str]:
    async with engine.connect() as connection:
        rows = (await connection.execute(select(reference).where(~reference.c.deleted))).all()
    return {row.id: row.body["name"] for row in rows}


async def test_a_layer_is_imported_once_for_one_content(engine: AsyncEngine) -> None:
    report = await import_layer(engine, "town", assets(a="A", b="B"), "hash 1", NOW)
    assert report is not None and report["added"] == {"count": 2, "ids": ["assets/a", "assets/b"]}
    assert await import_layer(engine, "town", assets(a="other"), "hash 1", NOW) is None
    assert await names(engine) == {"a": "A", "b": "B"}


async def test_a_new_content_adds_changes_and_removes_and_lists_it(engine: AsyncEngine) -> None:
    await import_layer(engine, "town", assets(a="A", b="B", c="C"), "hash 1", NOW)
    report = await import_layer(engine, "town", assets(a="A", b="B2", d="D"), "hash 2", NOW)
    assert report is not None
    assert {verdict: said["ids"] for verdict, said in report.items()} == {
        "added": ["assets/d"],
        "changed": ["assets/b"],
        "removed": ["assets/c"],
        "kept": [],
    }
    assert await names(engine) == {"a": "A", "b": "B2", "d": "D"}


async def test_edits_stay_over_the_city_and_the_city_over_what_ships(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await put_reference(connection, Write("assets", "a", {"id": "a", "name": "edited"}, EDIT), "lan", NOW)
    await import_layer(engine, "town", assets(a="town", b="town"), "hash 1", NOW)
    report = await import_layer(engine, SHIPPED, assets(a="shipped", b="shipped", c="shipped"), "hash 1", NOW)
    assert report is not None and report["kept"]["ids"] == ["assets/a", "assets/b"]
    assert await names(engine) == {"a": "edited", "b": "town", "c": "shipped"}


async def test_every_change_waits_in_the_outbox_with_its_revision(engine: AsyncEngine) -> None:
    await import_layer(engine, "town", assets(a="A"), "hash 1", NOW)
    await import_layer(engine, "town", {"assets": {}}, "hash 2", NOW)
    async with engine.connect() as connection:
        rows = (await connection.execute(select(outbox).order_by(outbox.c.id))).all()
    assert [(row.topic, row.key, row.value is None) for row in rows] == [
        ("city.assets.v1", "a", False),
        ("city.assets.v1", "a", True),
    ]
    record = decode_reference_record(rows[0].value)
    assert (record.id, record.origin) == ("a", "city")
    assert record.revision > 0


async def test_an_edited_asset_lies_where_its_edit_says_also_if_the_city_has_it_by_now(engine: AsyncEngine) -> None:
    def town(*relations: Relation) -> Items:
        return {**assets(gauge="town", other="town"), "relations": {one.id: one for one in relations}}

    of_edit = Relation(from_id="gauge", relation="measures", to_id="reach-1")
    of_city = Relation(from_id="gauge", relation="measures", to_id="reach-2")
    fed = Relation(from_id="feeder", relation="feeds", to_id="gauge")
    others = Relation(from_id="other", relation="measures", to_id="reach-2")
    writes = [
        Write("assets", "gauge", {"id": "gauge", "name": "adopted"}, EDIT),
        Write("relations", of_edit.id, plain(of_edit), EDIT),
    ]
    async with engine.begin() as connection:
        await put_all(connection, writes, "lan", NOW)
    report = await import_layer(engine, "town", town(of_city, fed, others), "hash 1", NOW)
    assert report is not None and report["kept"]["ids"] == ["assets/gauge", f"relations/{of_city.id}"]
    async with engine.connect() as connection:
        rows = (await connection.execute(select(reference).where(~reference.c.deleted))).all()
    assert {row.id for row in rows if row.name == "relations"} == {of_edit.id, fed.id, others.id}
    assert {row.id: row.body["name"] for row in rows if row.name == "assets"} == {"gauge": "adopted", "other": "town"}
