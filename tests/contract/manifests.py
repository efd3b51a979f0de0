"""The manifests of Kubernetes as they lie in the tree, and what they name."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from infra.settings import Settings
from tests.contract.tree import ROOT

K8S = ROOT / "infra/k8s"
SETTINGS = {f"SOC_{field.name.upper()}" for field in msgspec.structs.fields(Settings)}
Manifest = dict[str, Any]


@cache
def documents(folder: Path) -> list[Manifest]:
    """Every document of a folder but kustomize's own and patches, which are no whole ones."""
    kept = yaml.safe_load((folder / "kustomization.yaml").read_text())
    names = [name for name in kept["resources"] if name.endswith(".yaml")]
    return [one for name in names for one in yaml.safe_load_all((folder / name).read_text())]


@cache
def deployments() -> dict[str, Manifest]:
    """Process → its Deployment, of the base."""
    found = [one for one in documents(K8S / "base") if one["kind"] == "Deployment"]
    return {one["metadata"]["labels"]["app.kubernetes.io/component"]: one for one in found}


def containers(manifest: Manifest) -> Iterator[Manifest]:
    """Of a workload, those that prepare it too."""
    pod = manifest["spec"]["template"]["spec"]
    yield from pod.get("initContainers", [])
    yield from pod["containers"]


def variables(container: Manifest) -> dict[str, str]:
    """What a container sets by itself."""
    return {one["name"]: one["value"] for one in container.get("env", [])}


def lines(path: Path) -> dict[str, str]:
    """The assignments of a file of variables."""
    found = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in found)
