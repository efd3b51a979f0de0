"""The generated documents are the committed ones, valid by validators that are not ours, and say every field."""

import json
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from services.api.publish import documents
from tests.contract.tree import ROOT

GENERATED = documents()
OPENAPI: dict[str, Any] = json.loads(GENERATED["openapi.json"])
ASYNCAPI: dict[str, Any] = json.loads(GENERATED["asyncapi.json"])
OPERATIONS = [
    (path, method, operation) for path, item in OPENAPI["paths"].items() for method, operation in item.items()
]


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_the_committed_document_is_the_generated_one(name: str) -> None:
    committed = (ROOT / "docs/generated" / name).read_bytes()
    assert committed == GENERATED[name], "run: python -m services.api.publish docs/generated"


def test_the_openapi_document_is_valid() -> None:
    validate(OPENAPI)


def test_the_validator_of_openapi_refuses_a_broken_one() -> None:
    with pytest.raises(Exception, match="required property"):
        validate({**OPENAPI, "info": {}})


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=lambda value: str(value)[:40])
def test_every_operation_has_words_and_its_errors(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["summary"] and operation["description"]
    assert path.startswith(("/v1/", "/healthz", "/readyz", "/metrics"))


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
