"""Folders of the files edge, here and over SFTP: nothing that was refused is deleted, no link is followed, no file
holds up another.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from unicodedata import normalize

import pytest
from prometheus_client import REGISTRY

from schemas.edges import Edge, Files, Sftp
from schemas.errors import Unavailable
from services.ingest.edges.files import folders
from services.ingest.edges.files.edge import AGAIN_S, Watch, _opened
from services.ingest.edges.files.folders import Entry, Folder, LocalFolder, Stuck
from services.ingest.edges.health import Health
from services.ingest.edges.intake import LETTERS, Door, Intake
from tests.sftp import PASSWORD, USER, running_sftp
from tests.unit.edges.door import JUDGE, Letters, Packer, Seen
from tests.unit.edges.station import LAYOUT, NAME

GOOD = "COD;55,5;mg/L;00\n"
EARLIER = "KCN_0_20260131080000.txt"
"""Is looked at before `NAME`."""
NOBODY = 65_534


@contextmanager
def as_nobody(path: Path) -> Iterator[None]:
    """Permissions bind, also where root runs the tests: the folder is nobody's, and so is what looks at it."""
    if os.geteuid() != 0:
        yield
        return
    for one in (path, *path.iterdir()):
        os.chown(one, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


class Drop:
    """A folder, and an edge that empties it."""

    def __init__(self, path: Path, folder: Folder, files: Files) -> None:
        self.path, self.folder = path, folder
        packer = Packer(0)
        packer.done.set_result(None)
        self.letters = Letters()
        door = Door(lambda: JUDGE, cast(Any, packer), cast(Any, self.letters), cast(Any, Seen()), cast(Any, None))
        edge = Edge(id="e", name="E", name_vi="E", files=files)
        self._health = Health("e")
        self.watch = Watch(Intake(edge, door, self._health), files)

    @property
    def accepted(self) -> int:
        """Readings that Kafka has."""
        return self._health.told.accepted

    @property
    def passed_over(self) -> tuple[str, float]:
        """What is told of files that hold up no other: in the edge's status, and their number in the metrics."""
        number = REGISTRY.get_sample_value("soc_edge_files_passed_over", {"edge": "e"})
        assert number is not None
        return self.watch.passed_over(), number

    async def looked(self, now: float = 0.0) -> dict[str, int]:
        """All files and their sizes after a look at `now`, seconds."""
        await self.watch.look(self.folder, now)
        files = [one for one in self.path.rglob("*") if one.is_file() and not one.is_symlink()]
        return {str(one.relative_to(self.path)): one.stat().st_size for one in files}


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that everybody may enter, unlike pytest's."""
    path = Path(tempfile.mkdtemp(prefix="soc-drop-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(params=["here", "over SFTP"])
async def drop(request: pytest.FixtureRequest, place: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Drop]:
    path = place / "drop"
    path.mkdir()
    files = Files(folder=str(path), settle_s=0.0, after="delete", largest=20_000, layout=LAYOUT)
    if request.param == "here":
        async with _opened(files) as folder:
            yield Drop(path, folder, files)
        return
    monkeypatch.setenv("EDGE_DROP", PASSWORD)
    with running_sftp(place) as server:
        given = {name: getattr(files, name) for name in files.__struct_fields__} | {"folder": "/drop"}
        there = {"host": "127.0.0.1", "port": server.port, "username": USER, "password": "EDGE_DROP"}
        sftp = Sftp(**{**given, **there, "host_key": server.host_key})
        async with _opened(sftp) as folder:
            yield Drop(path, folder, files)


async def test_sftp_that_answers_no_more_is_told_though_ssh_is_alive_beside_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDGE_DROP", PASSWORD)
    monkeypatch.setattr(folders, "ANSWERED_WITHIN_S", 0.5)
    with running_sftp(place) as server:
        there: Any = {"host": "127.0.0.1", "port": server.port, "username": USER, "password": "EDGE_DROP"}
        async with asyncio.timeout(30):
            with pytest.raises(Unavailable, match=r"SFTP has not answered within 0\.5 s"):
                async with _opened(Sftp(folder="/", layout=LAYOUT, host_key=server.host_key, **there)) as folder:
                    assert await folder.entries("*.txt") == []
                    server.silent = True
                    await folder.entries("*.txt")
        server.silent = False


async def test_only_a_file_of_which_all_was_taken_is_deleted(drop: Drop) -> None:
    (drop.path / NAME).write_text(GOOD)
    assert await drop.looked() == {}
    some = GOOD + "COD;many;mg/L;00\n" * 1_000
    (drop.path / NAME).write_text(some)
    assert await drop.looked() == {f"refused/{NAME}": len(some)}
    assert len(drop.letters.found) == LETTERS


async def test_a_file_too_large_is_put_apart_beside_those_of_its_name(drop: Drop) -> None:
    for size in (20_001, 20_002, 20_003):
        (drop.path / NAME).write_bytes(b"a" * size)
        await drop.looked()
    sizes = {f"refused/{NAME}": 20_001, f"refused/{NAME}.2": 20_002, f"refused/{NAME}.3": 20_003}
    assert await drop.looked() == sizes
    assert [letter.value for letter in drop.letters.found] == [b""] * 3


async def test_a_link_is_neither_read_nor_moved(drop: Drop) -> None:
    secret = drop.path.parent / "credentials.json"
    secret.write_text('{"api_key": "secret"}')
    (drop.path / "KCN_2_20260131080000.txt").symlink_to(secret)
    assert await drop.looked() == {}
    assert drop.letters.found == [] and secret.exists()


async def test_a_name_that_is_no_utf8_is_told_and_holds_nothing_up(drop: Drop) -> None:
    (drop.path / os.fsdecode(b"A\xff.txt")).write_text(GOOD)
    (drop.path / NAME).write_text(GOOD)
    assert set(await drop.looked()) == {os.fsdecode(b"refused/A\xff.txt")}, "the other one was taken and deleted"
    assert [letter.key for letter in drop.letters.found] == ["A\ufffd.txt".encode()]


async def test_a_pattern_finds_a_name_however_its_letters_are_written(drop: Drop) -> None:
    names = {normalize(written, "Trạm 1.txt") for written in ("NFC", "NFD")}
    for name in (*names, NAME):
        (drop.path / name).write_text(GOOD)
    for written in ("NFC", "NFD"):
        assert {entry.name for entry in await drop.folder.entries(normalize(written, "Trạm*"))} == names


async def test_a_link_that_took_the_place_of_a_file_is_not_read_and_none_is_moved_through(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret").write_text("secret")
    path = tmp_path / "drop"
    path.mkdir()
    (path / "link").symlink_to(elsewhere / "secret")
    (path / "done").symlink_to(elsewhere)
    (path / NAME).write_text(GOOD)
    async with _opened(Files(folder=str(path), layout=LAYOUT)) as folder:
        with pytest.raises(Stuck, match="symbolic links"):
            await folder.read("link")
        with pytest.raises(NotADirectoryError):
            await folder.move(NAME, "done", over=True)
    assert [one.name for one in elsewhere.iterdir()] == ["secret"]


async def test_a_file_that_cannot_be_put_away_holds_up_no_other_and_is_taken_once(drop: Drop) -> None:
    in_the_way = drop.path / "refused" / EARLIER
    (drop.path / EARLIER).write_text(GOOD + "COD;many;mg/L;00\n")
    (drop.path / NAME).write_text(GOOD)
    (drop.path / "refused").mkdir()
    (drop.path / "refused").chmod(0o500)
    with as_nobody(drop.path):
        assert set(await drop.looked()) == {EARLIER}, "the other one was taken and deleted"
        assert set(await drop.looked(AGAIN_S - 1)) == set(await drop.looked(AGAIN_S)) == {EARLIER}
        told, number = drop.passed_over
        assert EARLIER in told and "ermission denied" in told and number == 1
    assert (drop.accepted, len(drop.letters.found)) == (2, 1), "once, however often it is tried to put it away"
    (drop.path / "refused").chmod(0o755)
    assert set(await drop.looked(2 * AGAIN_S)) == {f"refused/{EARLIER}"} and in_the_way.is_file()
    assert drop.passed_over == ("", 0) and drop.accepted == 2


async def test_a_file_that_may_not_be_read_holds_up_no_other_and_is_taken_once_it_may(
    drop: Drop, capfd: pytest.CaptureFixture[str]
) -> None:
    (drop.path / EARLIER).write_text(GOOD)
    (drop.path / EARLIER).chmod(0)
    (drop.path / NAME).write_text(GOOD)
    with as_nobody(drop.path):
        for now in (0.0, 1.0, AGAIN_S):
            assert set(await drop.looked(now)) == {EARLIER}, "the other one was taken and deleted"
        told, number = drop.passed_over
        assert EARLIER in told and "ermission denied" in told and number == 1
        (drop.path / EARLIER).chmod(0o600)
        assert set(await drop.looked(AGAIN_S + 1)) == {EARLIER}, "not tried again at every look"
        assert await drop.looked(2 * AGAIN_S) == {}
    assert drop.accepted == 2 and drop.letters.found == [] and drop.passed_over == ("", 0)
    lines = capfd.readouterr()
    said = (lines.out + lines.err).splitlines()
    assert [sum(word in line for line in said) for word in ("file_passed_over", "file_taken_after_all")] == [1, 1]


class Turning(LocalFolder):
    """A folder of which files become other things right after they were listed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    async def entries(self, pattern: str) -> list[Entry]:
        found = await super().entries(pattern)
        for name in ("A.txt", "B.txt", "C.txt"):
            (self.path / name).unlink(missing_ok=True)
        (self.path / "B.txt").symlink_to(self.path / NAME)
        (self.path / "C.txt").mkdir(exist_ok=True)
        return found


async def test_what_is_gone_a_link_or_a_folder_when_it_is_opened_holds_up_no_other(tmp_path: Path) -> None:
    for name in ("A.txt", "B.txt", "C.txt", NAME):
        (tmp_path / name).write_text(GOOD)
    (tmp_path / "done" / NAME).mkdir(parents=True)
    (tmp_path / "KCN_2_20260131080000.txt").write_text(GOOD)
    drop = Drop(tmp_path, Turning(tmp_path), Files(folder=str(tmp_path), settle_s=0.0, layout=LAYOUT))
    assert set(await drop.looked()) == {NAME, "done/KCN_2_20260131080000.txt"}
    told, number = drop.passed_over
    assert number == 4 and "A.txt: No such file" in told
