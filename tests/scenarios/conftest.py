"""Every scenario runs in virtual time, there with its input in other orders too, and on the running stack."""

from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.center import Center, running_center
from tests.scenarios.arrivals import orders
from tests.scenarios.live import LiveWorld
from tests.scenarios.outcomes import Picture
from tests.scenarios.pure import MINUTE_MS, PureWorld
from tests.scenarios.towns import TOWN, Copy, avenue, write_city
from tests.scenarios.worlds import START_MS, Asked, Fed, Silenced, World

WORLDS = ("pure", "shuffled", "live")
AFTER_S = 3700.0
"""So long after a scenario with its input in another order all silences of what came late are out."""
GAP_MS = 120_000
"""Event time between two scenarios of the running stack."""


Folders = Callable[[pytest.Item], Path]


class Towns:
    """A running center with a copy of its town for each live scenario."""

    def __init__(self, center: Center, copies: dict[str, Copy]) -> None:
        self._center, self._copies, self._now_ms = center, copies, START_MS

    def world(self, scenario: str) -> LiveWorld:
        """The scenario's own town, later than everything before."""
        return LiveWorld(self._center, self._copies[scenario], self._now_ms)

    def left(self, world: LiveWorld) -> None:
        """The next one starts behind this one."""
        minutes = round(world.start_ms + world.now * 1000 + GAP_MS) // 60_000 + 1
        self._now_ms = minutes * 60_000


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`@pytest.mark.only_in("pure", because="…")` keeps a scenario to one world."""
    if "city" not in metafunc.fixturenames:
        return
    only = metafunc.definition.get_closest_marker("only_in")
    assert only is None or only.kwargs["because"], "say why a scenario runs in one world only"
    worlds = only.args if only else WORLDS
    metafunc.parametrize(
        "city", [pytest.param(name, marks=getattr(pytest.mark, name)) for name in worlds], indirect=True
    )


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """The folder of the town that a scenario asks for: `@pytest.mark.avenue(40)`, else the small one."""

    @cache
    def made(crossings: int) -> Path:
        return avenue(tmp_path_factory.mktemp("avenue") / "city", crossings)

    def folder(item: pytest.Item) -> Path:
        asked = item.get_closest_marker("avenue")
        return made(*asked.args) if asked else TOWN

    return folder


@pytest.fixture(scope="package")
def towns(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, folders: Folders
) -> Iterator[Towns]:
    """One center for all scenarios that run live, started for the first of them."""
    live = [item for item in request.session.items if item.get_closest_marker("live")]
    copies = {item.nodeid: Copy(folders(item), number) for number, item in enumerate(live, 1)}
    folder = write_city(tmp_path_factory.mktemp("towns") / "city", list(copies.values()))
    with running_center(tmp_path_factory.mktemp("live"), SOC_CITY=str(folder)) as center:
        yield Towns(center, copies)


@pytest.fixture
def city(request: pytest.FixtureRequest, folders: Folders) -> Iterator[World]:
    """A fresh town."""
    if request.param != "live":
        yield PureWorld(folders(request.node))
        return
    towns: Towns = request.getfixturevalue("towns")
    world = towns.world(request.node.nodeid)
    yield world
    towns.left(world)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """When a scenario has come to its end, what it came to is compared."""
    done = yield
    world = pyfuncitem.funcargs.get("city")
    if isinstance(world, LiveWorld):
        live = world.picture()
        with TemporaryDirectory() as directory:
            alone = PureWorld(write_city(Path(directory) / "city", [world.copy]), world.start_ms, MINUTE_MS)
        _same(live, folded(world.script, world.now, alone), "live", "pure")
    elif isinstance(world, PureWorld) and pyfuncitem.get_closest_marker("shuffled"):
        end, fed = world.now + AFTER_S, [step for step in world.script if isinstance(step, Fed)]
        assert len(fed) == len(world.script), "a person acts on what is there: no scenario with commands is shuffled"
        plain = folded(fed, end, PureWorld(world.folder, long_ms=MINUTE_MS))
        for name, script in orders(fed):
            _same(plain, folded(script, end, PureWorld(world.folder, long_ms=MINUTE_MS)), "in time", name)
    return done


def folded(script: Sequence[Fed | Asked | Silenced], end: float, world: PureWorld) -> Picture:
    """What events and commands as the script has them come to, `end` seconds after the start."""
    for step in script:
        world.at(step.at)
        match step:
            case Fed():
                world.take(step.event)
            case Asked():
                world.ask(step)
            case Silenced():
                world.hush(step.wish)
    return world.at(end).picture()


def _same(one: Picture, other: Picture, here: str, there: str) -> None:
    difference = one.differs_from(other)
    assert not difference, f"here: {here}, there: {there}\n{difference}"
