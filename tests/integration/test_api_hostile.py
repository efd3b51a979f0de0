"""Whatever stands in a query, a path or a body: the API says what is wrong with it, and never that it failed itself."""

import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any
from urllib.parse import quote_from_bytes

import httpx
import msgspec
import pytest

from infra.cities.folder import shipped
from infra.postgres.tables import reference
from schemas.assets import City
from services.api.app import build
from services.api.passing import passed_on
from services.api.routes import users as user_routes
from tests.integration.api_center import Api, have_outage, quickly_hashed, reference_row, running_api
from tests.servers import Servers

OPENAPI: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(build(None).openapi()))
OPERATIONS = [
    (method.upper(), path, operation) for path, item in OPENAPI["paths"].items() for method, operation in item.items()
]
OWN = [one for one in OPERATIONS if one[1].startswith("/v1/") and not passed_on(one[1])]
"""Those that the API answers itself."""
LONG = "x" * 10_000


def _cursor(*keys: Any) -> str:
    return urlsafe_b64encode(json.dumps(keys).encode()).decode()


EARLY, LATE = "0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00"
TEXTS = (
    *("a\0b", "", "nan,inf,-inf,1e400", "-1", f"{10**30}", LONG, "\\' %", "-62135596801"),
    *(EARLY, LATE, "0001-01-01", "9999-12-31", "0000-01", "9999-12", "2026-13"),
)
PLACE_TEXTS, NUMBERS = ("a\0b", "a\x7fb", "-1", f"{10**30}"), ("a\0b", "", "nan", "-1", f"{10**30}")
QUERIES = (*(text.encode() for text in TEXTS), b"\xed\xa0\x80")
CURSORS = (
    *(_cursor("\0"), _cursor(10**30), _cursor(EARLY, "a"), _cursor("2026-01-01T00:00:00", "a"), _cursor(LATE, "a", 1)),
    *(_cursor("2026-01-01T00:00:00Z", "\0", 10**30), urlsafe_b64encode(b"[" * 7500).decode(), "="),
)
JSON = (
    *('"a\\u0000b"', '"\\ud800"', f'"{LONG}"', "null", "[]", "{}", "true", "[" * 5000, '"\ud800"'),
    *("-1", f"{10**30}", "1e400", "NaN", f'"{EARLY}"', f'"{LATE}"', '"0001-01-01"'),
)
"""Pieces of JSON, right and wrong."""
MEANT = ("backtests_wait", "ingest_down")
"""Codes of answers that the API gives because it must, not because it failed."""
PLACES = {"incident_id": "inc-outage", "signal_id": "sig-a"}
PUT_IN = "@here@"


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(user_routes, "hashed", quickly_hashed)
        async with running_api(shared_servers) as running:
            await filled(running)
            yield running


async def filled(running: Api) -> None:
    """What ships, one city and one incident."""
    whole = shipped()
    items = {name: whole.reference[name] for name in ("domains", "rules", "limits", "procedures")}
    rows = [reference_row(name, key, one) for name, bodies in items.items() for key, one in bodies.items()]
    city = City(id="c", name="C", name_vi="C", time_zone="Asia/Ho_Chi_Minh")
    await running.put(reference, *rows, reference_row("cities", "c", city))
    await have_outage(running, "inc-outage")


def _path(path: str, operation: dict[str, Any], **given: str) -> str:
    for one in operation.get("parameters", ()):
        if one["in"] == "path":
            known = PLACES.get(one["name"], "1")
            path = path.replace("{" + one["name"] + "}", given.get(one["name"], known))
    return path


def _example(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    named = content.get("examples", {}).values()
    return next((one["value"] for one in named), content.get("example"))


def _parts(value: Any) -> Iterator[Any]:
    """The value with one of its leaves, or one whole part, put out for what is put in."""
    yield PUT_IN
    if isinstance(value, dict):
        for name, part in value.items():
            for other in _parts(part):
                yield {**value, name: other}
    elif isinstance(value, list):
        for number, part in enumerate(value[:1]):
            for other in _parts(part):
                yield [*value[:number], other, *value[number + 1 :]]


def _texts(parameter: dict[str, Any]) -> Iterator[bytes]:
    """What is tried of a parameter: of a place and of what is no text anyway a few."""
    schema = parameter["schema"]
    kinds = {one.get("type") for one in schema.get("anyOf", [schema])}
    if parameter["in"] == "path" or kinds <= {"integer", "boolean", "null"}:
        yield from (text.encode() for text in (PLACE_TEXTS if parameter["in"] == "path" else NUMBERS))
        return
    yield from QUERIES
    if parameter["name"] == "cursor":
        yield from (cursor.encode() for cursor in CURSORS)


def _addresses(path: str, operation: dict[str, Any]) -> Iterator[str]:
    """Every parameter is everything once."""
    for one in operation.get("parameters", ()):
        for text in (quote_from_bytes(given, safe="") for given in _texts(one)):
            if one["in"] == "query":
                yield f"{_path(path, operation)}?{one['name']}={text}"
            elif one["in"] == "path":
                yield _path(path, operation, **{one["name"]: text})


def _bodies(operation: dict[str, Any]) -> Iterator[bytes]:
    """Every part of the body is everything once."""
    for made in _parts(_example(operation)):
        for piece in JSON:
            yield json.dumps(made).replace(json.dumps(PUT_IN), piece).encode("utf-8", "surrogatepass")


async def _answered(http: httpx.AsyncClient, method: str, address: str, body: bytes | None) -> tuple[int, str]:
    """Status and code."""
    async with http.stream(method, address, content=body) as answer:
        if answer.headers["content-type"].startswith("text/event-stream"):
            return answer.status_code, ""
        read = await answer.aread()
    return answer.status_code, json.loads(read).get("code", "") if answer.status_code >= 500 else ""


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=[f"{one[0]} {one[1]}" for one in OPERATIONS])
async def test_nothing_that_is_sent_makes_the_api_fail(
    api: Api, method: str, path: str, operation: dict[str, Any]
) -> None:
    example = _example(operation)
    body = None if example is None else json.dumps(example).encode()
    sent = [(address, body) for address in _addresses(path, operation)]
    if example is not None:
        sent += [(_path(path, operation), each) for each in _bodies(operation)]
    wrong = []
    async with aclosing(await api.login("admin")) as http:
        for address, each in sent:
            status, code = await _answered(http, method, address, each)
            if status >= 500 and code not in MEANT:
                wrong.append((status, code, address[:150], (each or b"")[:300]))
    assert not wrong, (len(wrong), wrong[:5])


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [
        ("/v1/incidents?q=%00", "q", "nul"),
        ("/v1/assets?kind=sensor%00", "kind", "nul"),
        ("/v1/incidents/a%00b/timeline", "incident_id", "nul"),
        ("/anything%00else", "path", "nul"),
        ("/v1/indicators/room?month=0000-01", "month", "before_1970"),
        ("/v1/indicators/room?month=2200-01", "month", "after_2200"),
        ("/v1/indicators/room?month=2026-13", "month", "query_pattern"),
        ("/v1/indicators/room?shift=06:00Z", "shift", "not_time_of_day"),
        ("/v1/indicators/room?shift=06:00Z&shift=14:00", "shift", "not_time_of_day"),
        ("/v1/indicators/day?day=9999-12-31", "day", "after_2200"),
        ("/v1/indicators/air?at=0001-01-01T00:00:00Z", "at", "before_1970"),
        (f"/v1/signals?cursor={_cursor('2026-01-01T00:00:00', 'a')}", "cursor", "not_cursor"),
        (f"/v1/audit?cursor={_cursor(10**30)}", None, "database_cannot_keep"),
    ],
)
async def test_what_is_unfit_in_an_address_is_named(api: Api, path: str, field: str | None, code: str) -> None:
    async with aclosing(await api.login("admin")) as http:
        answer = await http.get(path)
    assert (answer.status_code, answer.json().get("field"), answer.json()["code"]) == (422, field, code), answer.text


def _named(operation: dict[str, Any]) -> str:
    """The parameters of its query."""
    return ", ".join(sorted(one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"))


@pytest.mark.parametrize(("method", "path", "operation"), OWN, ids=[f"{one[0]} {one[1]}" for one in OWN])
async def test_a_parameter_that_is_none_is_refused_with_those_there_are(
    api: Api, method: str, path: str, operation: dict[str, Any]
) -> None:
    async with aclosing(await api.login("admin")) as http:
        answer = await http.request(method, _path(path, operation), params={"limt": "1"})
    told = answer.json()
    assert (answer.status_code, told["field"]) == (422, "limt"), answer.text
    known = _named(operation)
    assert (told["code"], told["detail"].partition(": ")[2]) == (
        "unknown_parameter" if known else "no_parameters",
        known,
    )


@pytest.mark.parametrize("path", ["/v1/webhooks", "/v1/duty", "/v1/users", "/v1/areas"])
async def test_a_list_without_pages_comes_whole_to_who_asks_for_a_page(api: Api, path: str) -> None:
    async with aclosing(await api.login("admin")) as http:
        answers = [await http.get(path, params=params) for params in ({}, {"limit": "1000", "cursor": ""})]
    assert [one.status_code for one in answers] == [200, 200], answers[1].text
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("name", ["If-Match", "If-Unmodified-Since"])
async def test_a_change_under_a_precondition_is_refused_as_nothing_has_an_etag(api: Api, name: str) -> None:
    async with aclosing(await api.login("admin")) as http:
        asked = {name: '"1"'}
        answer = await http.post("/v1/webhooks", json={"url": "https://example.org"}, headers=asked)
        assert (answer.status_code, answer.json()["field"]) == (422, name), answer.text
        assert (await http.get("/v1/webhooks", headers=asked)).json()["items"] == []


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/openapi.json"])
async def test_other_addresses_take_any_parameter(api: Api, path: str) -> None:
    assert (await api.http.get(path, params={"wall": "1"})).status_code in (200, 503)  # no console is built


@pytest.mark.parametrize(
    ("path", "since", "until", "code"),
    [
        ("/v1/changes", "from", "to", "not_before_to"),
        ("/v1/sensors/s/readings", "from", "to", "not_before_to"),
        ("/v1/indicators/values", "from", "to", "not_before_to"),
        ("/v1/audit", "since", "until", "not_before_until"),
        ("/v1/indicators/desk-load", "since", "until", "since_until"),
    ],
)
async def test_a_stretch_that_ends_before_it_begins_is_refused(
    api: Api, path: str, since: str, until: str, code: str
) -> None:
    async with aclosing(await api.login("admin")) as http:
        answer = await http.get(path, params={since: "2026-02-01T00:00:00Z", until: "2026-01-01T00:00:00Z"})
    told = answer.json()
    assert (answer.status_code, told["field"], told["code"]) == (422, since, code), answer.text
    assert until in told["detail"]


@pytest.mark.parametrize("number", [b"\xb2", b"9" * 5000, b"\xd9\xa3"], ids=["no digit", "too many", "not ASCII"])
async def test_a_last_event_id_that_is_no_number_begins_a_stream_anew(api: Api, number: bytes) -> None:
    async with api.http.stream("GET", "/v1/live", headers=[(b"Last-Event-ID", number)]) as answer:
        assert answer.status_code == 200
        assert any([line == "event: snapshot" async for line in first_lines(answer)])


async def first_lines(answer: httpx.Response) -> AsyncIterator[str]:
    """Until the first frame is whole."""
    async for line in answer.aiter_lines():
        yield line
        if line.startswith("data:"):
            return


@pytest.mark.parametrize(
    ("path", "body", "field", "code"),
    [
        ("/v1/incidents/inc-outage/commands", {"command": "note", "version": 3, "note": "a\0"}, "note", "nul"),
        ("/v1/handovers", {"notes": "a\0b"}, "notes", "nul"),
        ("/v1/incidents", {"category": "flood", "lon": 106.6, "lat": 11.0, "text": "\0"}, "text", "nul"),
        ("/v1/silences", {"match": {"kind": ["a\0"]}, "to": LATE, "reason": "?"}, "match.kind.0", "nul"),
        ("/v1/silences", {"match": {"kind": ["a"]}, "to": LATE, "reason": "?"}, "to", "after_2200"),
        ("/v1/session", {"user": "a\0", "password": "?"}, "user", "nul"),
    ],
)
async def test_what_is_unfit_in_a_body_is_named(api: Api, path: str, body: Any, field: str, code: str) -> None:
    answer = await api.http.post(path, json=body)
    assert (answer.status_code, answer.json()["field"], answer.json()["code"]) == (422, field, code), answer.text
