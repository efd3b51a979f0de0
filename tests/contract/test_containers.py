"""Containers get settings that exist, and any that a person sets; none is forgotten when a new one comes."""

import re
from typing import Any

import yaml

from tests.contract.manifests import SETTINGS, lines
from tests.contract.tree import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "infra/compose.yaml").read_text())
CENTER = COMPOSE["services"]["center"]
EXAMPLE = ROOT / "infra/soc.env.example"
NOT_SET = {"SOC_HELD": "a supervisor's own"}
"""Settings that nobody gives a container → why."""
INTERPOLATED = {"SOC_POSTGRES_PASSWORD", "SOC_HTTP_PORT", "SOC_INGEST_PORT"}
"""What compose.yaml itself takes from the shell or from `.env`: ports of this machine, the password of PostgreSQL."""


def test_every_setting_is_in_the_example_or_the_file_of_compose_alone() -> None:
    example, own = set(lines(EXAMPLE)), set(CENTER["environment"])
    assert example & own == set(), "compose.yaml would win over the person's own"
    assert example | own | set(NOT_SET) == SETTINGS


def test_what_a_person_writes_reaches_the_center() -> None:
    (given,) = CENTER["env_file"]
    assert given == {"path": "soc.env", "required": False}
    assert EXAMPLE.name == f"{given['path']}.example"
    for name in (".gitignore", ".dockerignore"):
        assert f"infra/{given['path']}" in (ROOT / name).read_text().splitlines()


def test_the_example_is_what_the_center_does_anyway() -> None:
    """Who copies it and changes nothing gets the defaults, as far as they are not of the container."""
    from infra.settings import Settings, load

    loaded = load({name: value for name, value in lines(EXAMPLE).items() if name != "SOC_CITY"})
    assert loaded == Settings()


def test_what_compose_takes_from_outside_is_known() -> None:
    text = (ROOT / "infra/compose.yaml").read_text()
    assert set(re.findall(r"\$\{(SOC_\w+)", text)) == INTERPOLATED


def test_city_folders_are_mounted_where_the_example_says() -> None:
    source, target, _ = next(one for one in CENTER["volumes"] if one.startswith("./")).split(":")
    city = lines(EXAMPLE)["SOC_CITY"]
    assert city.startswith(f"{target}/")
    assert (ROOT / "infra" / source / city.removeprefix(f"{target}/") / "city.toml").is_file()


def test_the_containers_are_given_the_time_that_an_orderly_end_takes() -> None:
    from infra.embedded.child import Program
    from infra.embedded.plan import MODULES

    waves = {wave for _, wave in MODULES.values()}
    longest = Program(name="", command=[]).stop_seconds * len(waves)
    assert int(CENTER["stop_grace_period"].removesuffix("s")) > longest


def test_kafka_takes_records_as_large_and_keeps_offsets_as_long_as_the_embedded_one() -> None:
    from infra.embedded.kafka import PROPERTIES

    embedded = dict(line.split("=", 1) for line in PROPERTIES.splitlines())
    kafkas = [COMPOSE["services"]["kafka"]["environment"]]
    trial = next(yaml.safe_load_all((ROOT / "infra/k8s/trial/kafka.yaml").read_text()))
    kafkas.append({one["name"]: one["value"] for one in trial["spec"]["template"]["spec"]["containers"][0]["env"]})
    for name in ("message.max.bytes", "offsets.retention.minutes", "auto.create.topics.enable"):
        for kafka in kafkas:
            assert kafka[f"KAFKA_{name.upper().replace('.', '_')}"] == embedded[name]
