"""Manifests of Kubernetes fit its schemas, and run what the image has with settings that exist."""

import re
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import typer
import yaml

from infra.embedded.plan import MODULES, ONE_THREAD
from infra.settings import load
from services.cli import prepare
from services.cli.main import LATER
from tests.contract.manifests import K8S, SETTINGS, Manifest, containers, deployments, documents, lines, variables
from tests.contract.tree import ROOT

VERSIONS = ("1.32", "1.37")
"""The oldest and the newest that are held."""
OVERLAYS = ("production", "trial")
EVERY = [(folder, one) for folder in ("base", *OVERLAYS) for one in documents(K8S / folder)]
NAMED = [f"{folder}/{one['kind']}/{one['metadata']['name']}" for folder, one in EVERY]
IMAGE = "smart-operations-center"
DOCKERFILE = (ROOT / "infra/Dockerfile").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
PLAYED = yaml.safe_load((K8S / "trial/demo.yaml").read_text())


def ours() -> list[Manifest]:
    """Every container of the image."""
    return [one for manifest in (*deployments().values(), PLAYED) for one in containers(manifest)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", [one for _, one in EVERY], ids=NAMED)
def test_every_manifest_fits_the_schema(manifest: Manifest, version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


def test_the_guard_of_schemas_sees_a_field_that_nobody_knows() -> None:
    wrong = {**deployments()["api"], "spec": {**deployments()["api"]["spec"], "replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError, match="replica"):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def rendered(folder: Path) -> list[Manifest]:
    done = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_overlay_makes_valid_manifests_whose_settings_are_there(overlay: str, tmp_path: Path) -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("there is no kubectl on this machine")
    shutil.copytree(K8S, tmp_path / "k8s")
    for example in (tmp_path / "k8s" / overlay).glob("*.example"):
        example.rename(example.with_suffix(""))
    found = rendered(tmp_path / "k8s" / overlay)
    for manifest in found:
        kubernetes_validate.validate(manifest, VERSIONS[-1], strict=True)
    there = {(one["kind"], one["metadata"]["name"]) for one in found}
    for workload in (one for one in found if one["kind"] in ("Deployment", "StatefulSet")):
        for source in (source for one in containers(workload) for source in one.get("envFrom", [])):
            kind, name = next(iter(source.items()))
            assert ({"configMapRef": "ConfigMap", "secretRef": "Secret"}[kind], name["name"]) in there
    given = {name for one in found if one["kind"] in ("ConfigMap", "Secret") for name in one.get("data", {})}
    assert {"SOC_KAFKA_BOOTSTRAP", "SOC_DATABASE_URL", "SOC_REDIS_URL"} <= given
    assert {name for name in given if name.startswith("SOC_")} <= SETTINGS


def test_every_process_has_its_deployment() -> None:
    assert set(deployments()) == set(MODULES) - {"simulator"}


def test_every_command_is_one_that_the_image_has() -> None:
    modules = {module for module, _ in MODULES.values()}
    options = {option for one in typer.main.get_command(prepare.app).params for option in one.opts}
    assert "RUN make setup" in DOCKERFILE and "WORKDIR /srv/soc" in DOCKERFILE
    for container in ours():
        program, *arguments = container["command"]
        if program == ".venv/bin/python":
            assert arguments[0] == "-m" and set(arguments[1:]) <= modules
        else:
            assert (program, arguments[0]) == (".venv/bin/soc", "prepare") and set(arguments[1:]) <= options
    assert "prepare" in LATER


def test_every_variable_is_a_setting_and_listens_where_the_manifest_says() -> None:
    for container in ours():
        assert set(variables(container)) <= SETTINGS
    for name, manifest in deployments().items():
        (own,) = manifest["spec"]["template"]["spec"]["containers"]
        assert own["name"] == name
        given = variables(own)
        listens = {port["containerPort"] for port in own["ports"]}
        named = {"api": ("SOC_HTTP_PORT",), "ingest": ("SOC_INGEST_PORT", "SOC_METRICS_PORT")}
        assert listens == {int(given[one]) for one in named.get(name, ("SOC_METRICS_PORT",))}
        assert manifest["spec"]["template"]["metadata"]["annotations"]["prometheus.io/port"] in map(str, listens)


def test_examples_name_settings_only_and_leave_what_the_manifests_set() -> None:
    examples = [lines(path) for path in (K8S / "production").glob("*.env.example")]
    assert len(examples) == 2
    set_by_manifests = {name for container in ours() for name in variables(container)}
    for example in examples:
        assert set(example) <= SETTINGS - set_by_manifests
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for path in (K8S / "production").glob("*.env.example"):
        assert str(path.with_suffix("").relative_to(ROOT)) in ignored


def test_files_that_the_examples_name_are_mounted_in_every_container_and_may_be_absent() -> None:
    named = [value for path in (K8S / "production").glob("*.env.example") for value in lines(path).values()]
    files = [found for value in named for found in re.findall(r"(/etc/[\w./-]+)", value)]
    assert len(files) == 3
    (folder,) = {str(Path(file).parent) for file in files}
    for manifest in deployments().values():
        volumes = {one["name"]: one for one in manifest["spec"]["template"]["spec"]["volumes"]}
        for container in containers(manifest):
            (mount,) = [one for one in container["volumeMounts"] if one["mountPath"] == folder]
            secret = volumes[mount["name"]]["secret"]
            assert mount["readOnly"] and secret["optional"] and secret["secretName"] in OPERATIONS


def test_the_examples_fit_each_other() -> None:
    """As a person who fills in his own names would have them."""
    given = {name: value for path in (K8S / "production").glob("*.env.example") for name, value in lines(path).items()}
    loaded = load(given | {"SOC_MAIL_FROM": "soc@example.org"})
    assert loaded.kafka.has_tls and loaded.kafka.has_user and not loaded.kafka.password_file
    assert set(given) & {f"SOC_KAFKA_{name}" for name in ("PASSWORD", "USER")} and "PASSWORD" not in "".join(
        lines(K8S / "production/settings.env.example")
    )


def test_no_pod_gets_variables_of_services_or_more_rights_than_it_needs() -> None:
    """A Service `soc-ingest` would be the variable SOC_INGEST_PORT in every pod beside it."""
    user = re.search(r"^USER (\d+):(\d+)$", DOCKERFILE, re.M)
    assert user
    for manifest in deployments().values():
        pod = manifest["spec"]["template"]["spec"]
        assert pod["enableServiceLinks"] is False and pod["automountServiceAccountToken"] is False
        security = pod["securityContext"]
        assert security["runAsNonRoot"] and (security["runAsUser"], security["runAsGroup"]) == (10001, 10001)
        assert user.groups() == ("10001", "10001")
    for container in ours():
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] is True and security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        written = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
        assert written == {"/var/lib/soc", "/tmp"}
        assert container["image"] == IMAGE and container["resources"]["limits"]["memory"]


def test_services_and_budgets_select_pods_that_exist_and_ports_that_they_have() -> None:
    pods = [one["spec"]["template"] for one in deployments().values()]
    for one in documents(K8S / "base"):
        if one["kind"] == "Deployment":
            continue
        chosen = one["spec"]["selector"].get("matchLabels", one["spec"]["selector"])
        (pod,) = [pod for pod in pods if chosen.items() <= pod["metadata"]["labels"].items()]
        ports = {port["name"]: port["containerPort"] for each in pod["spec"]["containers"] for port in each["ports"]}
        assert {port["targetPort"] for port in one["spec"].get("ports", [])} <= set(ports)
    api = variables(next(containers(deployments()["api"])))
    services = {
        one["metadata"]["name"]: one["spec"]["ports"][0] for one in documents(K8S / "base") if one["kind"] == "Service"
    }
    assert services[api["SOC_INGEST_HOST"]]["port"] == int(api["SOC_INGEST_PORT"])


def test_processes_run_by_themselves_get_what_the_supervisor_gives_them() -> None:
    environment = dict(re.findall(r"(\w+)=(\S+)", DOCKERFILE[DOCKERFILE.index("\nENV ") :]))
    assert {name: environment.get(name) for name in ONE_THREAD} == ONE_THREAD
    assert environment["PYTHONUNBUFFERED"] == "1"
    assert environment["SOC_RUN_DIR"] == "/var/lib/soc"
