"""Folders of the files edge, here and over SFTP: nothing that was refused is deleted, and no link is followed."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from schemas.dead_letters import DeadLetter, decode_dead_letter
from schemas.edges import Edge, Files, Sftp
from services.ingest.edges.files.edge import Watch, _opened
from services.ingest.edges.files.folders import Folder
from services.ingest.edges.health import Health
from services.ingest.edges.intake import LETTERS, Door, Intake
from tests.sftp import PASSWORD, USER, running_sftp
from tests.unit.edges.test_intake import JUDGE, Packer, Seen
from tests.unit.edges.test_layout import LAYOUT, NAME

GOOD = "COD;55,5;mg/L;00\n"


class Letters:
    """Takes dead letters, as the producer would."""

    def __init__(self) -> None:
        self.found: list[DeadLetter] = []

    async def send_and_wait(self, _topic: str, value: bytes, **_: Any) -> None:
        self.found.append(decode_dead_letter(value))


class Drop:
    """A folder, and an edge that empties it."""

    def __init__(self, path: Path, folder: Folder, files: Files) -> None:
        self.path, self._folder = path, folder
        packer = Packer(0)
        packer.done.set_result(None)
        self.letters = Letters()
        door = Door(lambda: JUDGE, cast(Any, packer), cast(Any, self.letters), cast(Any, Seen()), cast(Any, None))
        edge = Edge(id="e", name="E", name_vi="E", files=files)
        self._watch = Watch(Intake(edge, door, Health("e")), files)

    async def looked(self) -> dict[str, int]:
        """All files and their sizes after a look."""
        await self._watch.look(self._folder, 0.0)
        files = [one for one in self.path.rglob("*") if one.is_file() and not one.is_symlink()]
        return {str(one.relative_to(self.path)): one.stat().st_size for one in files}


@pytest.fixture(params=["here", "over SFTP"])
async def drop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Drop]:
    path = tmp_path / "drop"
    path.mkdir()
    files = Files(folder=str(path), settle_s=0.0, after="delete", largest=20_000, layout=LAYOUT)
    if request.param == "here":
        async with _opened(files) as folder:
            yield Drop(path, folder, files)
        return
    monkeypatch.setenv("EDGE_DROP", PASSWORD)
    with running_sftp(tmp_path) as server:
        given = {name: getattr(files, name) for name in files.__struct_fields__} | {"folder": "/drop"}
        there = {"host": "127.0.0.1", "port": server.port, "username": USER, "password": "EDGE_DROP"}
        sftp = Sftp(**{**given, **there, "host_key": server.host_key})
        async with _opened(sftp) as folder:
            yield Drop(path, folder, files)


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


async def test_a_name_that_is_no_utf8_is_told_and_holds_nothing_up(tmp_path: Path) -> None:
    files = Files(folder=str(tmp_path), settle_s=0.0, layout=LAYOUT)
    (tmp_path / os.fsdecode(b"A\xff.txt")).write_text(GOOD)
    (tmp_path / NAME).write_text(GOOD)
    async with _opened(files) as folder:
        drop = Drop(tmp_path, folder, files)
        found = await drop.looked()
    assert set(found) == {os.fsdecode(b"refused/A\xff.txt"), f"done/{NAME}"}
    assert [letter.key for letter in drop.letters.found] == ["A\ufffd.txt".encode()]


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
        with pytest.raises(OSError):
            await folder.read("link")
        with pytest.raises(NotADirectoryError):
            await folder.move(NAME, "done", over=True)
    assert [one.name for one in elsewhere.iterdir()] == ["secret"]
