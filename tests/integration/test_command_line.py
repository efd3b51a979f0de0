"""`soc` as somebody uses it who is new to it: mistyped, interrupted, with files that are none, at any terminal."""

import gzip
import io
import json
import os
import pty
import select
import signal
import subprocess
import time
from codecs import BOM_UTF8
from pathlib import Path

import pytest

from services.cli.main import main
from tests.center import SOC, environment_of, free_port
from tests.contract.tree import ROOT
from tests.waiting import until

TOWN = str(ROOT / "tests/scenarios/town")
AWAY = "http://127.0.0.1:9"
MAPPING = (
    'source = "/csv"\ntime = "time"\n[[columns]]\ncolumn = "value"\nsensor = "{place}"\nquantity = "q"\nunit = "m"\n'
)
HEAD = b"time,value,place\n"


def soc(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[bytes]:
    """Runs it in a folder, on a run directory of its own, with nothing to read."""
    environment = environment_of(folder / "run", **settings)
    return subprocess.run(
        [SOC, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )


class Typed:
    """Lines as they are typed in a folder, each in this process: most of what a process costs is its imports."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self._patch, self._capture = folder, patch, capture
        patch.chdir(folder)

    def told(self, line: str, **settings: str) -> tuple[int, str]:
        """Exit code and what it says when something is wrong; nothing is there as a result."""
        with self._patch.context() as patch:
            for name, value in environment_of(self.folder / "run", **settings).items():
                patch.setenv(name, value)
            patch.setattr("sys.stdin", io.StringIO())
            patch.setattr("sys.argv", ["soc", *line.split()])
            with pytest.raises(SystemExit) as ended:
                main()
        shown = self._capture.readouterr()
        assert shown.out == ""
        return int(ended.value.code or 0), shown.err


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """In a folder with files that are none of those that are wanted."""
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe{\n")
    (tmp_path / "plain.jsonl").write_text("a line of text\n")
    (tmp_path / "early.jsonl").write_text('{"time": "0001-01-01T00:00:00+07:00"}')
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(HEAD))
    (tmp_path / "folder").mkdir()
    for name in ("lone.csv", "lone.CSV"):
        (tmp_path / name).write_bytes(HEAD)
    return Typed(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize(
    ("line", "english", "vietnamese"),
    [
        ("usrs", "there is no command usrs; perhaps 'users'", "không có lệnh usrs; có phải 'users'"),
        ("users ad", "there is no command ad; perhaps 'add'", "không có lệnh ad; có phải 'add'"),
        ("status --jsn", "there is no option --jsn; perhaps --json", "không có tùy chọn --jsn; có phải --json"),
        ("status more", "nothing more is expected here: more", "thừa tham số: more"),
        ("replay", "the argument files is missing", "thiếu tham số files"),
        ("backtest --city x", "the option --input is missing", "thiếu tùy chọn --input"),
        ("users add a --role", "--role needs a value", "--role cần có giá trị"),
        ("up --detach=yes", "--detach takes no value", "--detach không nhận giá trị"),
        ("city check nowhere", "folder: there is no nowhere", "folder: không có nowhere"),
        ("city check lone.csv", "lone.csv is a file, a folder is needed", "lone.csv là tệp, ở đây cần thư mục"),
        ("dead-letters show one", "number: is not a whole number", "number: không phải số nguyên"),
        ("dead-letters list --count 0", "--count: is below 1, the least", "--count: nhỏ hơn mức tối thiểu 1"),
        ("dead-letters replay 1 --text folder", "--text: folder: is a folder", "--text: folder: là thư mục"),
        ("dead-letters replay 1 --text none", "--text: none: there is no such file", "none: không có tệp này"),
        ("readings x --from soon --to 2026-01-01", "--from: is not a time, as in", "--from: không phải thời gian, như"),
    ],
)
def test_a_mistyped_line_is_told_with_the_way_out(typed: Typed, line: str, english: str, vietnamese: str) -> None:
    code, said = typed.told(line)
    assert code == 2 and said.startswith("soc: ") and english in said.splitlines()[0]
    assert "Usage: soc" in said and "Try 'soc" in said and "--help' for help." in said
    code, said = typed.told(line, SOC_LANGUAGE="vi")
    assert code == 2 and vietnamese in said.splitlines()[0]
    assert "Cách dùng: soc" in said and "để được hướng dẫn." in said


@pytest.mark.parametrize(
    ("line", "english", "vietnamese"),
    [
        ("status", "no center was ever started in", "chưa từng khởi động trung tâm nào trong"),
        ("users list", "no center runs in", "không có trung tâm nào đang chạy trong"),
        ("users add a --role king", "--role: 'king' is none of", "--role: 'king' không thuộc"),
        ("users password a", "no center runs in", "không có trung tâm nào đang chạy trong"),
        ("readings folder --from 2026-01-01 --to 2026-01-02", "folder: is a folder", "folder: là thư mục"),
        ("readings no/x --from 2026-01-01 --to 2026-01-02", "no/x: no is not a folder", "no/x: no không phải thư mục"),
        (
            "readings x --from 2026-01-02 --to 2026-01-01",
            "--to: must be after from",
            "--to: phải sau thời điểm bắt đầu",
        ),
        ("users password a --password short", "at least 10 characters", "ít nhất 10 ký tự"),
        ("city check folder", "city.toml: is missing", "city.toml: không có"),
        (f"backtest --city {TOWN} --input none --out o", "none: is no file", "none: không phải tệp"),
        (f"backtest --city {TOWN} --input folder --out o", "folder: is no file", "folder: không phải tệp"),
        (f"backtest --city {TOWN} --input empty.jsonl --out folder", "folder: is a folder", "folder: là thư mục"),
        (
            f"backtest --city {TOWN} --input empty.jsonl --out no/o",
            "--out: no is not a",
            "--out: no không phải thư mục",
        ),
        (f"backtest --city {TOWN} --input empty.jsonl --out empty.jsonl", "is the input too", "cũng là tệp đầu vào"),
        (
            f"backtest --city {TOWN} --input bytes.jsonl --out o",
            "no line of it is an event",
            "không dòng nào là sự kiện",
        ),
        (f"backtest --city {TOWN} --input empty.jsonl --out o --rules folder", "holds no rule", "không có quy tắc nào"),
        ("replay empty.jsonl", "give --url and --key", "hãy cho --url và --key"),
        ("replay --url there --key k empty.jsonl", "--url: is not an http or https", "--url: không phải địa chỉ http"),
        ("replay --url http://h:x --key k empty.jsonl", "--url: is not an http or", "--url: không phải địa chỉ http"),
        (f"replay --url {AWAY} --key khóa empty.jsonl", "--key: the API key is not", "--key: khóa API không đúng"),
        (f"replay --url {AWAY} --key k --speed 0 empty.jsonl", "--speed: is a number", "--speed: phải là số lớn hơn 0"),
        (f"replay --url {AWAY} --key k folder", "folder: is no file", "folder: không phải tệp"),
        (
            f"replay --url {AWAY} --key k bytes.jsonl",
            "bytes.jsonl, line 1: is no Cl",
            "bytes.jsonl, dòng 1: không phải",
        ),
        (f"backtest --city {TOWN} --input packed.csv.gz --out o", "packed.csv.gz: is compressed", "đang ở dạng nén"),
        (f"replay --url {AWAY} --key k packed.csv.gz", "packed.csv.gz: is compressed", "đang ở dạng nén"),
        (f"replay --url {AWAY} --key k lone.CSV", "needs replay.toml beside it", "cần có replay.toml bên cạnh"),
        (
            f"replay --url {AWAY} --key k early.jsonl",
            "line 1: '0001-01-01T00:00:00+07:00' is no time",
            "dòng 1: '0001-01-01T00:00:00+07:00' không phải thời gian",
        ),
        (f"replay --url {AWAY} --key k lone.csv", "needs replay.toml beside it", "cần có replay.toml bên cạnh"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(typed: Typed, line: str, english: str, vietnamese: str) -> None:
    code, said = typed.told(line)
    assert code == 1 and english in said, said
    code, said = typed.told(line, SOC_LANGUAGE="vi")
    assert code == 1 and vietnamese in said, said


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("replay.toml", b"\xff", "replay.toml: is not UTF-8"),
        ("replay.toml", b"source =", "replay.toml: is not TOML"),
        ("replay.toml", b'source = "a"\n', "replay.toml.time: is required"),
        ("replay.toml", MAPPING.replace("{place}", "{0}").encode(), "in.csv, line 2: the sensor '{0}'"),
        ("replay.toml", MAPPING.replace("{place}", "{here}").encode(), "in.csv, line 2: the sensor '{here}'"),
        ("replay.toml", BOM_UTF8 + MAPPING.replace("{place}", "{0}").encode(), "in.csv, line 2: the sensor '{0}'"),
        ("in.csv", BOM_UTF8 + HEAD + b"soon\n", "in.csv, line 2: 'soon' is no time"),
        ("in.csv", b"", "in.csv, line 1: has no column 'time'"),
        ("in.csv", HEAD + b"2026-01-01T00:00Z,\xff,a\n", "in.csv: is not UTF-8"),
        ("in.csv", HEAD + b"2026-01-01T00:00Z,high,a\n", "in.csv, line 2: value: 'high' is no number"),
        ("in.csv", HEAD + b"2026-01-01T00:00Z,1,a\n\nsoon\n", "in.csv, line 4: 'soon' is no time"),
        ("in.csv", HEAD + b'2026-01-01T00:00Z,1,"' + b"a" * 200_000 + b'"\n', "in.csv: is not CSV: field larger"),
    ],
    ids=range(12),
)
def test_a_fault_of_a_csv_recording_names_file_and_line(typed: Typed, name: str, content: bytes, fault: str) -> None:
    files = {"replay.toml": MAPPING.encode(), "in.csv": HEAD + b"2026-01-01T00:00Z,1,a\n", name: content}
    for each, body in files.items():
        (typed.folder / each).write_bytes(body)
    code, said = typed.told(f"replay --url {AWAY} --key k in.csv")
    assert code == 1 and fault in said, said


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("users list", "PostgreSQL does not answer"),
        ("users password a", "--password: is required"),
        ("keys list", "PostgreSQL does not answer"),
        ("readings x.parquet --from 2026-01-01 --to 2026-01-02", "PostgreSQL does not answer"),
        (f"city import {TOWN}", "Kafka at 127.0.0.1:"),
        ("topics", "Kafka at 127.0.0.1:"),
        ("dead-letters list", "Kafka at 127.0.0.1:"),
    ],
)
def test_servers_that_are_away_are_named(typed: Typed, line: str, fault: str) -> None:
    address = f"127.0.0.1:{free_port()}"
    code, said = typed.told(
        line,
        SOC_DATABASE_URL=f"postgresql+psycopg://soc:no@{address}/soc",
        SOC_KAFKA_BOOTSTRAP=address,
        SOC_REDIS_URL=f"redis://{address}",
    )
    assert code == 1 and fault in said and len(said.splitlines()) == 1, said
    assert not (typed.folder / "x.parquet").exists()


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("SOC_RUN_DIR", "lone.csv", "leads through a file where a folder is needed"),
        ("SOC_LANGUAGE", "fr", "SOC_LANGUAGE: is not one of en, vi"),
        ("SOC_DEMO", "maybe", "SOC_DEMO: 'maybe' is neither 1 nor 0"),
        ("SOC_DATABASE_URL", "postgres://h/x", "SOC_DATABASE_URL: must be an address like postgresql+psycopg://"),
        ("SOC_DATABASE_URL", "postgresql+psycopg://h:x/x", "SOC_DATABASE_URL: must be an address like"),
        ("SOC_SMTP_URL", "smtp://h:x", "SOC_SMTP_URL: is no address like"),
    ],
)
def test_a_setting_that_is_wrong_is_named(typed: Typed, name: str, value: str, fault: str) -> None:
    code, said = typed.told("status", **{name: value})
    assert code == 1 and fault in said


def test_a_city_that_is_no_folder_is_named_by_its_setting(typed: Typed) -> None:
    code, said = typed.told("up --detach", SOC_CITY="nowhere")
    assert (code, said) == (1, f"soc: SOC_CITY: {typed.folder}/nowhere is not a folder\n")


@pytest.mark.parametrize(
    "settings",
    [
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_terminal_without_vietnamese_letters_gets_them_without_accents(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    shown = soc(tmp_path, "--help", SOC_LANGUAGE="vi", **settings)
    assert shown.returncode == 0 and b"Cach dung: soc [TUY CHON] LENH [THAM SO]" in shown.stdout, shown.stderr
    failed = soc(tmp_path, "status", SOC_LANGUAGE="vi", **settings)
    assert failed.stderr.startswith(b"soc: chua tung khoi dong trung tam nao trong ")


def test_the_locale_chooses_where_no_setting_does(tmp_path: Path) -> None:
    assert b"Usage: soc" in soc(tmp_path, "--help", LANG="C.UTF-8", LC_ALL="", SOC_LANGUAGE="").stdout
    shown = soc(tmp_path, "--help", LANG="vi_VN.UTF-8", LC_ALL="", LC_MESSAGES="", SOC_LANGUAGE="", PYTHONUTF8="1")
    assert "Cách dùng: soc" in shown.stdout.decode()


@pytest.mark.parametrize("line", [["--help"], ["city", "check", TOWN]])
def test_nobody_reading_on_is_no_fault(tmp_path: Path, line: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    environment = environment_of(tmp_path / "run")
    ran = subprocess.run([SOC, *line], stdout=writer, stderr=subprocess.PIPE, env=environment, timeout=60, check=False)
    os.close(writer)
    assert ran.stderr == b"" and ran.returncode in (0, 1)


class Terminal:
    """A command at a terminal of its own: what it shows, and what is typed."""

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        self.shown, self._master = "", -1
        self._master, slave = pty.openpty()
        self.running = subprocess.Popen(
            [SOC, *arguments],
            cwd=folder,
            env=environment_of(folder / "run", TERM="xterm", **settings),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def until(self, words: str, seconds: float = 60) -> None:
        """Returns once these words are shown after what was waited for before."""
        begin, deadline = len(self.shown), time.monotonic() + seconds
        while words not in self.shown[begin:]:
            assert time.monotonic() < deadline and self._read(), self.shown

    def type(self, line: str) -> None:
        """Types a line."""
        os.write(self._master, f"{line}\n".encode())

    def end(self) -> int:
        """Its exit code; everything has been shown."""
        while self._read():
            pass
        os.close(self._master)
        return self.running.wait(20)

    def _read(self) -> bool:
        try:
            part = os.read(self._master, 4096) if select.select([self._master], [], [], 60)[0] else b""
        except OSError:  # so Linux says that nobody writes any more
            return False
        self.shown += part.decode(errors="replace")
        return bool(part)


def test_a_password_is_asked_for_twice_until_it_is_the_same(tmp_path: Path) -> None:
    away = f"127.0.0.1:{free_port()}"
    terminal = Terminal(
        tmp_path,
        *("users", "password", "lan"),
        SOC_LANGUAGE="vi",
        SOC_DATABASE_URL=f"postgresql+psycopg://soc:no@{away}/soc",
        SOC_KAFKA_BOOTSTRAP=away,
        SOC_REDIS_URL=f"redis://{away}",
    )
    for first, second in (("mật khẩu dài", "mật khẩu khác"), ("mật khẩu dài", "mật khẩu dài")):
        terminal.until("Mật khẩu: ")
        terminal.type(first)
        terminal.until("Nhập lại để xác nhận: ")
        terminal.type(second)
    assert terminal.end() == 1
    assert terminal.shown.count("hai mật khẩu không giống nhau; hãy nhập lại") == 1
    assert "mật khẩu dài" not in terminal.shown and "PostgreSQL không trả lời" in terminal.shown


def test_a_bar_gives_way_to_what_is_told(tmp_path: Path) -> None:
    _recording(tmp_path / "in.jsonl", 3)
    with (tmp_path / "in.jsonl").open("a") as file:
        file.write("a line of text\n")
    terminal = Terminal(
        tmp_path, "backtest", "--city", TOWN, "--input", "in.jsonl", "--out", "out.jsonl", SOC_LANGUAGE="vi"
    )
    assert terminal.end() == 0
    lines = [
        line.rsplit("\r", 1)[-1].removeprefix("\x1b[K") for line in terminal.shown.replace("\r\n", "\n").split("\n")
    ]
    assert lines[0].startswith("in.jsonl, dòng 4: ")
    assert lines[1:] == ["backtest: đã nhận 3 sự kiện, từ chối 1 dòng, có 0 sự cố trong out.jsonl", ""]
    assert "[##############################]" in terminal.shown


def _recording(path: Path, count: int) -> None:
    event = {"specversion": "1.0", "source": "/x", "type": "city.readings"}
    with path.open("w") as file:
        for number in range(count):
            hour, minute, second = number // 3600 % 24, number // 60 % 60, number % 60
            data = [{"n": "loop5/speed_kmh", "u": "km/h", "v": 30.0 + number % 7}]
            at = f"2026-01-01T{hour:02}:{minute:02}:{second:02}Z"
            file.write(json.dumps({**event, "id": str(number), "time": at, "data": data}) + "\n")


@pytest.mark.parametrize(("language", "word"), [("en", "interrupted"), ("vi", "đã ngắt")])
def test_ctrl_c_ends_a_backtest_with_its_processes_and_keeps_the_result_before(
    tmp_path: Path, language: str, word: str
) -> None:
    _recording(tmp_path / "in.jsonl", 80_000)
    (tmp_path / "out.jsonl").write_text("the result before\n")
    command = [SOC, "backtest", "--city", TOWN, "--input", "in.jsonl", "--out", "out.jsonl"]
    environment = environment_of(tmp_path / "run", SOC_LANGUAGE=language)
    with (tmp_path / "said").open("w") as said:
        running = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=said, stderr=said, start_new_session=True
        )
    try:
        until(lambda: "backtest: " in (tmp_path / "said").read_text(), "the first progress of the backtest", 60)
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(20) == 130
        lines = (tmp_path / "said").read_text().splitlines()
        assert lines[-1] == f"soc: {word}" and not any("Traceback" in line for line in lines)
        assert (tmp_path / "out.jsonl").read_text() == "the result before\n"
        until(lambda: _group_is_gone(running.pid), "the processes of the backtest gone", 20)
    finally:
        if running.poll() is None:
            running.kill()


def _group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_ctrl_c_while_a_center_is_waited_for_says_how_far_a_replay_came(tmp_path: Path) -> None:
    _recording(tmp_path / "in.jsonl", 10)
    command = [SOC, "replay", "--url", f"http://127.0.0.1:{free_port()}", "--key", "k", "in.jsonl"]
    with (tmp_path / "said").open("w") as said:
        running = subprocess.Popen(command, cwd=tmp_path, env=environment_of(tmp_path / "run"), stderr=said)
    until(lambda: "is not reached" in (tmp_path / "said").read_text(), "the replay waiting", 60)
    time.sleep(0.2)
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 130
    said_last = (tmp_path / "said").read_text().splitlines()[-2:]
    assert said_last == [
        "replay: so far 0 events taken, 0 refused; run it again to go on, nothing is taken twice",
        "soc: interrupted",
    ]
