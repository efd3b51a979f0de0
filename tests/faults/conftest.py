"""One running center for the faults that come from outside of it."""

from collections.abc import Iterator

import pytest

from tests.center import Center, running_center


@pytest.fixture(scope="package")
def center(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """A center without feeds; every test leaves it running."""
    with running_center(tmp_path_factory.mktemp("faults")) as running:
        yield running
