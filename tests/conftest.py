"""Fixtures that every lane may use, and a directory that no other test run touches."""

import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.detecting import workers
from tests.servers import no_settings_of_the_caller, servers, shared_servers, stores, wiped_kafka

__all__ = ["no_settings_of_the_caller", "servers", "shared_servers", "stores", "wiped_kafka", "workers"]
OWN = pytest.StashKey[Path]()
GROUP = pytest.StashKey[str]()
# how fast a busy machine draws examples says nothing about the code: speed is measured by `make bench`
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


SHARED = {"center", "stack", "towns"}
"""Fixtures for which a package starts a whole center."""
LONGEST = (
    "tests/console",
    "tests/scenarios",
    "tests/integration",
    "tests/faults",
    "tests/integration/test_lifecycle.py",
    "tests/integration/test_beijing.py",
    "tests/integration/test_guarded_kafka.py",
    "tests/integration/test_api_hostile.py",
    "tests/scenarios/test_large_outage.py",
    "tests/faults/test_detect_exact.py",
    "tests/faults/test_score_survives.py",
    "tests/contract/test_api_documents.py",
    "tests/contract/test_scaffold.py",
    "tests/integration/test_people_live.py",
    "tests/faults/test_recorder_relay.py",
    "tests/integration/test_edges.py",
    "tests/integration/test_own_servers.py",
    "tests/integration/test_api_slow_kafka.py",
    "tests/scenarios/test_lives.py",
    "tests/unit/simulator/test_simulator.py",
)
"""Groups of half a minute and more, longest first; a folder stands for what shares its center."""


def _shared_centers(item: pytest.Item) -> dict[str, pytest.FixtureDef[object]]:
    """The package's centers that a test might use; a module that starts one of its own keeps to itself."""
    known = item.session._fixturemanager
    found = {name: known.getfixturedefs(name, item) for name in SHARED}
    return {name: defined[-1] for name, defined in found.items() if defined and defined[-1].scope == "package"}


def _group_of(item: pytest.Item) -> str:
    used = _shared_centers(item).keys() & set(getattr(item, "fixturenames", ()))
    shares = used or item.get_closest_marker("live") is not None
    return str((item.path.parent if shares else item.path).relative_to(item.config.rootpath))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On several workers (`pytest -n 2 --dist loadgroup`) each center is started once: what uses it stays together.

    The longest groups come first: one that began last would keep one worker busy while the others wait.
    """
    for item in items:
        item.stash[GROUP] = _group_of(item)
        item.add_marker(pytest.mark.xdist_group(item.stash[GROUP]))
    sizes = Counter(item.stash[GROUP] for item in items)
    ranks = {group: rank for rank, group in enumerate(LONGEST)}
    items.sort(key=lambda item: (ranks.get(group := item.stash[GROUP], len(ranks)), -sizes[group], group))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """A center ends with the last test of its group: while others of the package run, it would take their time."""
    yield
    if nextitem is None or nextitem.stash[GROUP] != item.stash[GROUP]:
        for center in _shared_centers(item).values():
            center.finish(getattr(item, "_request"))  # noqa: B009


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: list[str]) -> None:
    """Ends a run whose workers did not take the groups: they would take a file's tests apart, and say nothing."""
    apart = [one for one in ids if "@" not in one]
    if apart:
        pytest.exit(f"workers do not keep groups together ({apart[0]}): run as `make test` does", returncode=3)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Each run works in a directory of its own, and workers take groups in the order of the items.

    pytest's usual one is closed to other users whenever any later run begins, also to PostgreSQL's, which under root
    is `nobody`: its next start would fail with "Permission denied".
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as workers and shells in the background leave it
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what a test starts and interrupts inherits it
    config.option.loadscopereorder = False  # the number of tests says little about how long a group takes
    if config.option.basetemp is None:
        config.option.basetemp = tempfile.mkdtemp(prefix="soc-tests-")
        config.stash[OWN] = Path(config.option.basetemp)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What failed can be looked at; what passed is removed."""
    own = session.config.stash.get(OWN, None)
    if own and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(own, ignore_errors=True)
