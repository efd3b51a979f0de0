"""Fixtures that every lane may use, and a directory that no other test run touches."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import no_settings_of_the_caller, servers, shared_servers, stores

__all__ = ["no_settings_of_the_caller", "servers", "shared_servers", "stores"]
OWN = pytest.StashKey[Path]()
# how fast a busy machine draws examples says nothing about the code: speed is measured by `make bench`
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


SHARED = {"center", "stack", "towns"}
"""Fixtures for which a package starts a whole center."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On several workers (`pytest -n 2 --dist loadgroup`) each center is started once: what uses it stays together."""
    for item in items:
        lives = item.get_closest_marker("live") is not None or SHARED & set(getattr(item, "fixturenames", ()))
        group = str(item.path.parent if lives else item.path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: list[str]) -> None:
    """Ends a run whose workers did not take the groups: they would take a file's tests apart, and say nothing."""
    apart = [one for one in ids if "@" not in one]
    if apart:
        pytest.exit(f"workers do not keep groups together ({apart[0]}): run as `make test` does", returncode=3)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Each run works in a directory of its own.

    pytest's usual one is closed to other users whenever any later run begins, also to PostgreSQL's, which under root
    is `nobody`: its next start would fail with "Permission denied".
    """
    if config.option.basetemp is None:
        config.option.basetemp = tempfile.mkdtemp(prefix="soc-tests-")
        config.stash[OWN] = Path(config.option.basetemp)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What failed can be looked at; what passed is removed."""
    own = session.config.stash.get(OWN, None)
    if own and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(own, ignore_errors=True)
