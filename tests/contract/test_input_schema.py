"""The published JSON Schema of the input, the samples and what ingest really takes agree."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from city.enrich import Catalogue
from city.judge import Judge
from infra.cities.folder import shipped
from schemas.assets import City
from schemas.cloudevents import decode_structured
from schemas.generate import event_schema, rendered
from schemas.times import to_ms
from tests.contract.tree import ROOT

SAMPLES = sorted((ROOT / "schemas/samples").glob("events.*.json"))
CITY = City(id="test", name="Test", name_vi="Thử", time_zone="Asia/Ho_Chi_Minh")


def test_the_generated_schema_is_up_to_date() -> None:
    assert (ROOT / "docs/generated/input.schema.json").read_text() == rendered()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(event_schema())


def test_every_type_has_a_sample() -> None:
    found = {json.loads(path.read_text())["type"] for path in SAMPLES}
    assert found == set(event_schema()["properties"]["type"]["enum"])


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_valid_and_ingest_takes_it(path: Path) -> None:
    jsonschema.Draft202012Validator(event_schema()).validate(json.loads(path.read_text()))
    event = decode_structured(path.read_bytes())
    judge = Judge(Catalogue.build({"test": CITY}, {}, shipped().domains, {}), 1000)
    assert event.time is not None
    taken = judge.accept(event, to_ms(event.time) + 3_600_000)
    assert taken.faults == [] and (taken.columns or taken.record)


WRONG: list[dict[str, Any]] = [
    {"id": ""},
    {"specversion": "0.3"},
    {"type": "city.gossip"},
    {"type": "signal.raised", "data": {"asset": "a", "kind": "power.outage", "severity": "awful"}},
    {"data": [{"n": "a/stage_m", "v": 1, "must_": 1}]},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_the_schema_refuses_is_told_apart(wrong: dict[str, Any]) -> None:
    sample = json.loads((ROOT / "schemas/samples/events.city_readings.json").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(event_schema()).validate({**sample, **wrong})
