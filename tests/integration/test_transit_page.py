"""The page of a transit feed, on real web servers: no secret goes elsewhere, no answer is read without end."""

import threading
import time
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from schemas.errors import Unavailable
from services.ingest.edges.gtfs_realtime import page as module
from services.ingest.edges.gtfs_realtime.page import Page
from services.ingest.edges.health import Later

SECRET = {"X-Key": "secret"}


class Site:
    """A web server that sends on from `/moved`, `/away` and `/round`; `/endless` never ends, `/drops` hardly begins."""

    def __init__(self, elsewhere: str = "") -> None:
        self.keys: list[str | None] = []
        outer = self
        sent_on = {"/moved": "/feed", "/away": f"{elsewhere}/feed", "/round": "/round"}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.keys.append(self.headers.get("X-Key"))
                known = self.headers.get("If-None-Match") == '"1"'
                refused = 401 if self.path.startswith("/closed") else 429 if self.path.startswith("/later") else 0
                self.send_response(refused or (302 if self.path in sent_on else 304 if known else 200))
                if refused == 429:
                    self.send_header("Retry-After", self.path.rpartition("/")[2])
                self.send_header("Location" if self.path in sent_on else "ETag", sent_on.get(self.path, '"1"'))
                self.end_headers()
                while self.path == "/endless":
                    self.wfile.write(bytes(65_536))
                while self.path == "/drops":
                    self.wfile.write(b"f")
                    time.sleep(0.05)
                self.wfile.write(b"feed" if not known else b"")

            def log_message(self, *_: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """Who asked has gone."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def elsewhere() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def site(elsewhere: Site) -> Iterator[Site]:
    site = Site(elsewhere.url)
    yield site
    site.stop()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(headers=SECRET, timeout=10) as client:
        yield client


async def test_a_page_that_moved_within_its_server_is_read_and_read_again_when_it_changed(
    site: Site, client: httpx.AsyncClient
) -> None:
    page = Page(client, f"{site.url}/moved")
    assert [await page.changed(), await page.changed()] == [b"feed", None]


async def test_what_is_sent_with_a_request_goes_to_no_other_server(
    site: Site, elsewhere: Site, client: httpx.AsyncClient
) -> None:
    with pytest.raises(Unavailable, match=f"redirected to {elsewhere.url}/feed, another server"):
        await Page(client, f"{site.url}/away").changed()
    assert (site.keys, elsewhere.keys) == (["secret"], [])


async def test_who_is_sent_round_gives_up(site: Site, client: httpx.AsyncClient) -> None:
    with pytest.raises(Unavailable, match="more than 5 times"):
        await Page(client, f"{site.url}/round").changed()


async def test_an_answer_without_end_is_read_as_far_as_the_limit(
    site: Site, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", 1_000_000)
    with pytest.raises(Unavailable, match="larger than 1000000 bytes"):
        await Page(client, f"{site.url}/endless").changed()


async def test_an_answer_that_comes_drop_by_drop_is_none(
    site: Site, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WHOLE_S", 1.0)
    with pytest.raises(Unavailable, match="no whole answer within 1 s"):
        await Page(client, f"{site.url}/drops").changed()


async def test_a_refusal_is_told_in_its_code_and_without_what_may_be_secret(
    site: Site, client: httpx.AsyncClient
) -> None:
    with pytest.raises(Unavailable, match=r"^answers 401 Unauthorized$"):
        await Page(client, f"{site.url}/closed?key=secret").changed()


@pytest.mark.parametrize(("asked", "after_s"), [("120", 120.0), ("86400", 3600.0)])
async def test_who_wants_to_be_asked_later_says_when(
    site: Site, client: httpx.AsyncClient, asked: str, after_s: float
) -> None:
    told = f"^answers 429 Too Many Requests and wants to be asked again in {after_s:.0f} s$"
    with pytest.raises(Later, match=told) as found:
        await Page(client, f"{site.url}/later/{asked}").changed()
    assert found.value.after_s == after_s
    with pytest.raises(Unavailable, match=r"^answers 429 Too Many Requests$"):
        await Page(client, f"{site.url}/later/soon").changed()
