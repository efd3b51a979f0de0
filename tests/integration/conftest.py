"""One whole center for all tests here that only speak to it from outside."""

from collections.abc import Iterator

import pytest

from tests.center import Center, running_center


@pytest.fixture(scope="package")
def center(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """The shipped city without its demo; webhooks may go to this machine."""
    with running_center(tmp_path_factory.mktemp("center"), SOC_WEBHOOK_ALLOW_PRIVATE="1") as running:
        yield running
