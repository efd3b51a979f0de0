"""Every route says whom it lets in, and none forgets the people of an agency."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, HTTPException

from services.api.people import CONNECT, READ, Person, Reader, Right, agency_for, may
from tests.contract.routes import ROUTES, asked, is_of_whole_city, rights_of, routes_of

OPEN = {
    "/v1/live/ws": "asks for READ itself, to close with a reason",
    "/v1/events": "ingest asks for the key",
    "/v1/hooks/{name}": "ingest asks for the secret of the edge",
    "/v1/session": "who comes, and who he is",
    "/v1/session/screen": "who comes",
    "/healthz": "alive, to whoever asks",
    "/readyz": "ready, to whoever asks",
    "/metrics": "counts only",
    "/openapi.json": "the documents",
    "/asyncapi.json": "the documents",
    "/docs": "the documents",
    "/docs/start.js": "the documents",
    "/docs/{name}": "the documents",
    "/{path:path}": "the console's files",
}
"""Routes that ask for no right → why."""
SAME_FOR_ALL = (
    "/v1/areas/shared",
    "/v1/assets",
    "/v1/city",
    "/v1/clock",
    "/v1/conditions",
    "/v1/domains",
    "/v1/edits",
    "/v1/figures",
    "/v1/indicators/air",
    "/v1/indicators/formulas",
    "/v1/indicators/rivers",
    "/v1/indicators/traffic",
    "/v1/indicators/values",
    "/v1/limits",
    "/v1/map",
    "/v1/parks",
    "/v1/procedures",
    "/v1/relations",
    "/v1/rules",
    "/v1/sensors",
    "/v1/sources",
)
"""What they show is of the city and of how it is judged, not of incidents: nothing is left out for anybody."""


def fault_of(route: Any) -> str | None:
    """What a route has forgotten."""
    if not rights_of(route):
        return None if route.path in OPEN else "lets everybody in"
    if is_of_whole_city(route) or any(handed for _, handed in asked(route.dependant)):
        return None
    if route.methods == {"GET"} and route.path.startswith(SAME_FOR_ALL):
        return None
    return "lets people of an agency in and does not look who it is: it shows or changes what is not theirs"


def _named(route: Any) -> str:
    return f"{','.join(sorted(getattr(route, 'methods', None) or ['WS']))} {route.path}"


@pytest.mark.parametrize("route", ROUTES, ids=_named)
def test_a_route_says_whom_it_lets_in(route: Any) -> None:
    assert fault_of(route) is None


def test_what_is_open_is_there_and_needed() -> None:
    paths = {route.path for route in ROUTES if not rights_of(route)}
    assert paths == set(OPEN)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/audit",
        "/v1/backtests",
        "/v1/dead-letters",
        "/v1/keys",
        "/v1/users",
    ],
)
def test_what_concerns_the_whole_city_is_for_its_people(path: str) -> None:
    assert all(is_of_whole_city(route) for route in ROUTES if route.path.startswith(path))


def test_whoever_edits_what_all_are_judged_by_is_of_the_whole_city() -> None:
    edits = [route for route in ROUTES if route.path.startswith(SAME_FOR_ALL) and route.methods != {"GET"}]
    assert len(edits) > 8 and all(is_of_whole_city(route) for route in edits)


def test_a_right_is_of_the_whole_city_unless_it_says_otherwise() -> None:
    assert not Right(frozenset({"viewer"})).of_agency


def test_who_belongs_to_an_agency_names_no_other() -> None:
    of_city, of_water = (Person(name="Lan", roles=("admin",), agency=agency) for agency in (None, "water"))
    assert [agency_for(of_city, named) for named in (None, "power")] == [None, "power"]
    assert [agency_for(of_water, named) for named in (None, "water")] == ["water", "water"]
    with pytest.raises(HTTPException) as refused:
        agency_for(of_water, "power")
    assert refused.value.status_code == 403


def test_a_route_that_forgets_is_found() -> None:
    forgetful = APIRouter(prefix="/v1/new")

    @forgetful.get("/open")
    async def let_in() -> None: ...

    @forgetful.get("/all", dependencies=[Depends(may(READ))])
    async def shows_all() -> None: ...

    @forgetful.get("/theirs")
    async def looks(reader: Reader) -> None: ...

    @forgetful.post("/city")
    async def of_city(person: Annotated[Person, Depends(may(CONNECT))]) -> None: ...

    faults = {route.path.rpartition("/")[2]: fault_of(route) for route in routes_of([forgetful])}
    assert (faults["theirs"], faults["city"]) == (None, None)
    assert "everybody" in str(faults["open"]) and "agency" in str(faults["all"])
