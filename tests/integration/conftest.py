"""For all tests here: one center that is spoken to from outside only, an admin of the API under test, a database."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres.engine import connect
from infra.postgres.tables import metadata
from tests.center import Center, running_center
from tests.integration.api_center import Api
from tests.servers import Servers


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


@pytest.fixture
async def engine(shared_servers: Servers) -> AsyncIterator[AsyncEngine]:
    """A database of its own with every table as the code has it, nothing in them."""
    connected = connect(shared_servers.fresh_database())
    async with connected.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield connected
    await connected.dispose()
