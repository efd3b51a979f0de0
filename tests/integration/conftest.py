"""One whole center for all tests here that only speak to it from outside; an admin of the API under test."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.center import Center, running_center
from tests.integration.api_center import Api


@pytest.fixture(scope="package")
def center(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """The shipped city without its demo; webhooks may go to this machine."""
    with running_center(tmp_path_factory.mktemp("center"), SOC_WEBHOOK_ALLOW_PRIVATE="1") as running:
        yield running


@pytest.fixture
async def admin(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """Signed in at the `api` of the module."""
    http = await api.login("admin")
    yield http
    await http.aclose()
