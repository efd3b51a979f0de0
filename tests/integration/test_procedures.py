"""Procedures over the API, and the checklist of an incident from the recorder's batch to the tick."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from city.checklist import Instructions
from city.incidents import Moment, update
from infra.cities.folder import shipped
from infra.postgres.incident_rows import plain
from infra.postgres.incident_store import load, save
from infra.postgres.sheet_store import keep_sheets
from infra.postgres.tables import reference
from schemas.ids import incident_id
from tests.integration.api_center import Api, reference_row, running_api
from tests.servers import Servers
from tests.truth import at, group, signal
from tests.unit.incidents.book import words

SHIPPED = shipped()
TRIP, DARK = signal("feeder-1", 0), signal("lamp-1", 20, "traffic.signal_dark")
NAME = incident_id(TRIP.id)


@pytest.fixture
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        yield running


async def record(api: Api) -> None:
    """An outage that darkened a signal, as the recorder writes it."""
    named = msgspec.structs.replace(words(), instructions=Instructions(SHIPPED.procedures, SHIPPED.rules))
    explanations = [group(TRIP), group(DARK, cause=TRIP)]
    async with api.center.engine.begin() as connection:
        state = await load(connection, explanations)
        outcome = update(state, explanations, Moment(at(30)), named)
        await save(connection, state, outcome, "town", at(30))
        await keep_sheets(connection, outcome, named.instructions)


async def test_a_checklist_is_read_ticked_and_audited(api: Api) -> None:
    await record(api)
    shown = (await api.http.get(f"/v1/incidents/{NAME}/procedure")).json()
    assert [sheet["id"] for sheet in shown["sheets"]] == ["power_outage", "rule/outage_darkens"]
    step = shown["sheets"][0]["steps"][1]
    assert (step["key"], step["agency"], step["due_at"]) == ("power_outage/dispatcher", "power", "2026-05-01T08:05:30Z")
    asked = {"command": "tick", "version": 1, "step": step["key"], "note": "có điện lúc 9 giờ"}
    told = await api.http.post(f"/v1/incidents/{NAME}/commands", json=asked)
    assert (told.status_code, told.json()["steps_done"]) == (200, 1), told.text
    shown = (await api.http.get(f"/v1/incidents/{NAME}/procedure")).json()
    done = shown["sheets"][0]["steps"][1]["done"]
    assert (done["by"], done["note"], shown["steps_done"]) == ("integrator", "có điện lúc 9 giờ", 1)
    timeline = (await api.http.get(f"/v1/incidents/{NAME}/timeline")).json()["items"]
    assert (timeline[-1]["kind"], timeline[-1]["command"], timeline[-1]["step"]) == ("updated", "tick", step["key"])
    audit = (await api.http.get("/v1/audit", params={"subject": NAME})).json()["items"]
    assert (audit[0]["action"], audit[0]["detail"]["step"]) == ("incident.tick", step["key"])


async def test_an_edit_raises_the_version_and_open_incidents_keep_theirs(api: Api) -> None:
    for name in ("procedures", "domains", "rules"):
        rows = [reference_row(name, key, one) for key, one in SHIPPED.reference[name].items()]
        await api.put(reference, *(row | {"origin": "shipped"} for row in rows))
    await record(api)
    admin = await api.login("admin")
    body = plain(SHIPPED.procedures["power_outage"])
    body["steps"] = body["steps"][:1]
    edited = await admin.put("/v1/procedures/power_outage", json=body)
    assert (edited.status_code, edited.json()["version"], len(edited.json()["steps"])) == (200, 2, 1), edited.text
    assert (await admin.put("/v1/procedures/power_outage", json=body)).json()["version"] == 3
    shown = (await api.http.get(f"/v1/incidents/{NAME}/procedure")).json()
    assert (shown["sheets"][0]["version"], len(shown["sheets"][0]["steps"])) == (1, 6)
    wrong = await admin.put("/v1/procedures/power_outage", json=body | {"kinds": ["power.outage", "traffic.crash"]})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "kinds")
    undone = await admin.delete("/v1/procedures/power_outage")
    assert (undone.json()["origin"], len(undone.json()["body"]["steps"])) == ("shipped", 6)
    assert (await api.http.put("/v1/procedures/power_outage", json=body)).status_code == 403
    await admin.aclose()
