"""Topics and records agree with each other and with the documents."""

import re

import msgspec
import pytest

import schemas.dead_letters
import schemas.events
import schemas.incidents
import schemas.links
import schemas.normals
import schemas.readings
import schemas.reference
import schemas.signals
from city.delivery import FOR_PEOPLE, FORMS
from city.relation_words import RELATIONS
from schemas.domains import Condition, Limit
from schemas.reference import REFERENCE_TYPES
from schemas.rules import Cause, Hop, Part, Pattern, Rule, Same
from schemas.topics import Topic, topics
from tests.contract.tree import ROOT

TOPICS = topics(["air", "traffic"], ["ward"])
MODULES = (
    schemas.dead_letters,
    schemas.events,
    schemas.incidents,
    schemas.links,
    schemas.normals,
    schemas.readings,
    schemas.reference,
    schemas.signals,
)
STAGES = {
    "ingest",
    "detect",
    "correlate",
    "recorder",
    "relay",
    "telemetry",
    "webhooks",
    "api",
    "agencies",
    "integrators",
}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_names_records_that_exist(topic: Topic) -> None:
    for record in topic.records:
        assert any(hasattr(module, record) for module in MODULES), record


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_names_its_writers_and_readers(topic: Topic) -> None:
    assert topic.writers and topic.readers
    assert set(topic.writers) | set(topic.readers) <= STAGES


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_name_has_dots_and_a_version_and_no_underscore(topic: Topic) -> None:
    assert "_" not in topic.name
    assert topic.name.rsplit(".", 1)[1].startswith("v")


def test_every_name_of_a_topic_is_used_once() -> None:
    names = [topic.name for topic in TOPICS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", sorted(REFERENCE_TYPES))
def test_every_kind_of_reference_data_has_a_compacted_topic(name: str) -> None:
    assert any(topic.name == f"city.{name}.v1" and topic.compacted for topic in TOPICS)


def test_every_field_of_a_change_is_documented_or_plain() -> None:
    fields = {field.name for field in msgspec.structs.fields(schemas.incidents.Incident)}
    contract = "id version state severity title title_vi kind area zones agencies position signal_count root_signal"
    contract += " root_asset suspected opened_at updated_at resolved_at merged_into follows assignee acknowledged_by"
    assert set(contract.split()) | {"candidates"} <= fields


def test_the_architecture_page_knows_every_process() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    for process in ("ingest", "detect", "correlate", "recorder", "relay", "telemetry", "api", "webhooks"):
        assert process in page


def test_the_console_says_relations_as_the_reasons_do() -> None:
    words = (ROOT / "services/console/src/lib/words/rules.ts").read_text()
    said = re.findall(r"'relation\.(\w+)': \['“(.+)”', '“(.+)”'\]", words)
    assert {name: (english, vietnamese) for name, vietnamese, english in said} == RELATIONS


def test_the_console_can_pick_every_kind_of_change() -> None:
    source = (ROOT / "services/console/src/lib/api/hooks.ts").read_text()
    listed = re.search(r"CHANGES = \[(.+)\] as const", source)
    assert listed and tuple(re.findall(r"'(\w+)'", listed[1])) == schemas.incidents.CHANGE_KINDS


def test_the_console_offers_people_what_the_center_tells_them_by_itself() -> None:
    source = (ROOT / "services/console/src/lib/api/hooks.ts").read_text()
    said = re.search(r"FOR_PEOPLE: Filters = \{(.+)\};", source)
    lists = re.findall(r"(\w+): \[([^\]]+)\]", said[1]) if said else []
    assert {name: re.findall(r"'(\w+)'", values) for name, values in lists} == FOR_PEOPLE
    forms = re.search(r"FORMS = \[(.+)\] as const", source)
    assert forms and tuple(re.findall(r"'(\w+)'", forms[1])) == FORMS


@pytest.mark.parametrize("shape", [Rule, Cause, Same, Pattern, Part, Hop, Condition, Limit])
def test_the_console_has_a_field_for_every_field_that_can_be_edited(shape: type[msgspec.Struct]) -> None:
    folder = ROOT / "services/console/src/lib"
    names = {field.encode_name for field in msgspec.structs.fields(shape)} - {"version", "cause", "same", "pattern"}
    forms = (folder / "forms.ts").read_text()
    assert not [name for name in names if f"'{name}'" not in forms], "services/console/src/lib/forms.ts"
    words = (folder / "words/rules.ts").read_text()
    assert not [name for name in names if f"'field.{name}'" not in words], "services/console/src/lib/words/rules.ts"
