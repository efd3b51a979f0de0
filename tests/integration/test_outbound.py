"""What goes out against real TLS hosts on one address: who is dialled, by which name, over whose connection."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path

import pytest

from infra.outbound.post import EXCERPT_BYTES, Attempt, Poster
from tests.certificates import certificate

WATER, POWER, POLICE = "water.example", "power.example", "xn--cngan-6ta.example"
"""No resolver knows them: who reaches them has dialled what it was told."""
Got = tuple[int, str, str]


class Hosts:
    """One address with several TLS hosts; keeps of each request its connection, by whose certificate, and `Host`."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.got: list[Got] = []
        self.heads: list[str] = []
        self.answer = b"HTTP/1.1 204 x\r\nset-cookie: s=1\r\ncontent-length: 0\r\n\r\n"
        self.trust = ssl.create_default_context()
        self.port = 0
        self._contexts = {name: self._context(folder, name) for name in names}
        self._connections = 0

    def _context(self, folder: Path, name: str) -> ssl.SSLContext:
        public, key = certificate(folder, name)
        self.trust.load_verify_locations(public)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(public, key)
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        connection.context = self._contexts.get(name or "", connection.context)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number, chosen = self._connections, writer.get_extra_info("ssl_object").context
        whose = next(name for name, context in self._contexts.items() if context is chosen)
        while head := (await reader.readuntil(b"\r\n\r\n")).decode():
            fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
            await reader.readexactly(int(fields["content-length"]))
            self.got.append((number, whose, fields["host"]))
            self.heads.append(head)
            writer.write(self.answer)
            await writer.drain()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Hosts"]:
        first = next(iter(self._contexts.values()))
        first.sni_callback = self._choose
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=first)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    def url(self, name: str, path: str = "/hook") -> str:
        return f"https://{name}:{self.port}{path}"


class Names:
    """Answers for every name the same, and the next answer the next time; keeps what it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


HERE = ["127.0.0.1"]


async def posted(poster: Poster, *urls: str) -> list[Attempt]:
    return [await poster.post(url, b"{}", {"webhook-id": "msg_1"}) for url in urls]


async def test_hosts_on_one_address_share_no_connection_and_each_keeps_its_own(tmp_path: Path) -> None:
    async with Hosts(tmp_path, WATER, POWER).running() as hosts:
        poster = Poster(allow_private=True, trust=hosts.trust, resolve=Names(HERE))
        async with aclosing(poster):
            tried = await posted(poster, *map(hosts.url, (WATER, POWER, WATER, POWER)))
        assert [(one.status, one.error) for one in tried] == [(204, None)] * 4
        assert hosts.got == [
            (1 + turn % 2, name, f"{name}:{hosts.port}") for turn, name in enumerate([WATER, POWER] * 2)
        ]


async def test_nothing_is_said_to_a_host_that_shows_the_certificate_of_another(tmp_path: Path) -> None:
    async with Hosts(tmp_path, WATER).running() as hosts:
        poster = Poster(allow_private=True, trust=hosts.trust, resolve=Names(HERE))
        async with aclosing(poster):
            told, refused = await posted(poster, hosts.url(WATER), hosts.url(POWER))
        assert told.status == 204
        assert refused.status is None and "certificate" in (refused.error or "")
        assert [whose for _, whose, _ in hosts.got] == [WATER]


async def test_a_name_in_vietnamese_letters_is_found_named_and_checked_in_ascii(tmp_path: Path) -> None:
    names = Names(HERE)
    async with Hosts(tmp_path, POLICE).running() as hosts:
        poster = Poster(allow_private=True, trust=hosts.trust, resolve=names)
        async with aclosing(poster):
            (told,) = await posted(poster, hosts.url("côngan.example", "/cảnh báo"))
        assert told.status == 204 and names.asked == [POLICE]
        assert hosts.got == [(1, POLICE, f"{POLICE}:{hosts.port}")]
        assert hosts.heads[0].startswith("POST /c%E1%BA%A3nh%20b%C3%A1o HTTP/1.1\r\n")


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"]])
async def test_a_name_that_leads_to_this_machine_too_is_never_dialled(tmp_path: Path, answer: list[str]) -> None:
    async with Hosts(tmp_path, WATER).running() as hosts:
        poster = Poster(allow_private=False, trust=hosts.trust, resolve=Names(answer))
        async with aclosing(poster):
            (refused,) = await posted(poster, hosts.url(WATER))
        assert refused.status is None and "not a public address" in (refused.error or "")
        assert hosts.got == []


async def test_the_address_that_was_vetted_is_the_one_dialled_whatever_the_name_says_next(tmp_path: Path) -> None:
    names = Names(HERE, ["192.0.2.1"])
    async with Hosts(tmp_path, WATER).running() as hosts:
        poster = Poster(allow_private=True, trust=hosts.trust, resolve=names)
        async with aclosing(poster):
            tried = await posted(poster, hosts.url(WATER), hosts.url(WATER))
        assert [one.status for one in tried] == [204, 204]
        assert names.asked == [WATER], "asked once for the one connection"


@contextmanager
def deaf(address: str, port: int) -> Iterator[None]:
    """A host whose queue is full: it neither takes a connection nor refuses it."""
    with socket.socket() as listening, ExitStack() as callers:
        listening.bind((address, port))
        listening.listen(0)
        for _ in range(2):
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex((address, port))
        yield


@pytest.mark.parametrize("refuses", [True, False])
async def test_the_next_vetted_address_is_dialled_where_one_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refuses: bool
) -> None:
    monkeypatch.setattr("infra.outbound.post.DIAL_S", 0.3)
    async with Hosts(tmp_path, WATER).running() as hosts:
        poster = Poster(allow_private=True, trust=hosts.trust, resolve=Names(["127.0.0.2", *HERE]))
        with nullcontext() if refuses else deaf("127.0.0.2", hosts.port):
            async with aclosing(poster):
                (told,) = await posted(poster, hosts.url(WATER))
        assert (told.status, hosts.got) == (204, [(1, WATER, f"{WATER}:{hosts.port}")]), told.error


async def test_a_name_of_which_no_address_answers_fails_as_the_last_one_did(tmp_path: Path) -> None:
    async with Hosts(tmp_path, WATER).running() as hosts:
        poster = Poster(allow_private=True, trust=hosts.trust, resolve=Names([f"127.0.0.{n}" for n in range(2, 5)]))
        async with aclosing(poster):
            (failed,) = await posted(poster, hosts.url(WATER))
        assert failed.status is None and (failed.error or "").startswith("ConnectError"), failed
        assert hosts.got == []


async def test_a_cookie_of_one_answer_is_not_sent_with_the_next_post(tmp_path: Path) -> None:
    async with Hosts(tmp_path, WATER).running() as hosts:
        poster = Poster(allow_private=True, trust=hosts.trust, resolve=Names(HERE))
        async with aclosing(poster):
            await posted(poster, hosts.url(WATER), hosts.url(WATER))
        assert len(hosts.heads) == 2 and not any("cookie" in head.lower() for head in hosts.heads)


ODD: list[tuple[bytes, Callable[[Attempt], bool]]] = [
    (b"HTTP/1.1 200 x\r\ncontent-length: 300000\r\n\r\n" + b"\x00a" * 150_000, lambda one: one.response == "a" * 500),
    (b"HTTP/1.1 200 x\r\nretry-after: \xb2\r\ncontent-length: 0\r\n\r\n", lambda one: one.retry_after == "²"),
    (b"\x00\x00\r\n\r\n", lambda one: one.status is None and bool(one.error)),
    (b"HTTP/1.1 200 x\r\ncontent-length: -1\r\n\r\n", lambda one: one.status is None and bool(one.error)),
]


@pytest.mark.parametrize(("answer", "as_expected"), ODD, ids=range(len(ODD)))
async def test_whatever_is_answered_becomes_an_attempt(
    tmp_path: Path, answer: bytes, as_expected: Callable[[Attempt], bool]
) -> None:
    async with Hosts(tmp_path, WATER).running() as hosts:
        hosts.answer = answer
        poster = Poster(allow_private=True, trust=hosts.trust, resolve=Names(HERE))
        async with aclosing(poster):
            (one,) = await posted(poster, hosts.url(WATER))
        assert as_expected(one), one
        assert len(one.response) <= EXCERPT_BYTES
