"""`soc replay`: recorded input through the public HTTP interface, at the recorded pace or faster."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import httpx
import msgspec
import typer

from infra.settings import load
from schemas.errors import Invalid, Unavailable
from services.cli.recordings import Recorded, recorded

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

MANY, SPAN_S = 200, 30.0
"""A request carries at most so many events, of at most so many recorded seconds."""
AWAY_S = 300.0
"""How long a center may be away before a replay gives up."""
INTERRUPTED = 130
BAR = 30


class _Credentials(msgspec.Struct):
    url: str
    api_key: str


class Center:
    """Posts batches; waits while the center is away."""

    def __init__(self, url: str, key: str) -> None:
        """`url` of the API or of ingest."""
        self._http = httpx.Client(base_url=url, timeout=60, headers={"authorization": f"Bearer {key}"})
        self.accepted = 0
        self.rejected = 0

    def send(self, events: list[Recorded]) -> None:
        """Returns once they are taken. Raises Invalid when the key is refused, Unavailable after five minutes."""
        body = msgspec.json.encode([one.event for one in events])
        deadline, pause = time.monotonic() + AWAY_S, 0.5
        while True:
            answer = self._post(body)
            if answer is not None and answer.status_code not in (429, 502, 503, 504):
                return self._count(answer, len(events))
            if time.monotonic() > deadline:
                raise Unavailable(f"{self._http.base_url} has not answered for {AWAY_S:.0f} s")
            time.sleep(_wait(answer, pause))
            pause = min(10.0, pause * 2)

    def _post(self, body: bytes) -> httpx.Response | None:
        try:
            return self._http.post(
                "/v1/events", content=body, headers={"content-type": "application/cloudevents-batch+json"}
            )
        except httpx.TransportError:
            return None

    def _count(self, answer: httpx.Response, sent: int) -> None:
        if answer.status_code in (401, 403, 404):
            raise Invalid(f"the center answered {answer.status_code}: {answer.text[:200]}", field="key")
        told = answer.json() if answer.status_code in (202, 422) else {}
        self.accepted += int(told.get("accepted", 0))
        self.rejected += len(told.get("rejected", [])) if answer.status_code == 202 else sent


def _wait(answer: httpx.Response | None, pause: float) -> float:
    given = answer.headers.get("retry-after", "") if answer is not None else ""
    return min(30.0, float(given)) if given.isdigit() else pause


def batches(events: Iterator[Recorded]) -> Iterator[list[Recorded]]:
    """Events that may travel in one request: near in time, not too many."""
    held: list[Recorded] = []
    for one in events:
        if held and (len(held) >= MANY or abs((one.at - held[0].at).total_seconds()) > SPAN_S):
            yield held
            held = []
        held.append(one)
    if held:
        yield held


class Progress:
    """A bar on a terminal, a line at every tenth elsewhere."""

    def __init__(self, total: int) -> None:
        """`total` events."""
        self._total, self._done, self._begin, self._told = max(1, total), 0, time.monotonic(), -1

    def add(self, count: int) -> None:
        """So many more are sent."""
        self._done += count
        part = self._done / self._total
        spent = time.monotonic() - self._begin
        line = f"{self._done}/{self._total} events, {spent / part * (1 - part):.0f} s left"
        if sys.stderr.isatty():
            filled = int(part * BAR)
            print(f"\r[{'#' * filled}{' ' * (BAR - filled)}] {line}   ", end="", file=sys.stderr, flush=True)
        elif int(part * 10) > self._told:
            self._told = int(part * 10)
            print(f"replay: {line}", file=sys.stderr, flush=True)


def _speed(text: str) -> float:
    if text == "max":
        return float("inf")
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not speed > 0:
        raise Invalid("is a number above 0, or max", field="--speed")
    return speed


def _credentials(url: str, key: str) -> tuple[str, str]:
    if url and key:
        return url, key
    path = load().run_path / "credentials.json"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Credentials)
    except (OSError, msgspec.MsgspecError):
        raise Invalid(f"give --url and --key: there is no {path}", field="--key") from None
    return url or found.url, key or found.api_key


def play(files: list[Path], speed: float, center: Center) -> None:
    """Sends the files one after another; `speed` times the recorded pace."""
    total = sum(1 for path in files for _ in recorded(path))
    progress = Progress(total)
    for path in files:
        begin, first = time.monotonic(), None
        for batch in batches(recorded(path)):
            first = first or batch[0].at
            due = begin + (batch[0].at - first).total_seconds() / speed
            time.sleep(max(0.0, due - time.monotonic()))
            center.send(batch)
            progress.add(len(batch))


@app.command()
def replay(
    files: Annotated[list[Path], typer.Argument(help="CloudEvents as JSON lines, or CSV with replay.toml beside it.")],
    speed: Annotated[str, typer.Option(help="Times the recorded pace, or max.")] = "1",
    url: Annotated[str, typer.Option(help="Address of the center; default: the one of this run directory.")] = "",
    key: Annotated[str, typer.Option(help="API key; default: SOC_API_KEY or credentials.json.")] = "",
) -> None:
    """Send recorded input to a running center."""
    center = Center(*_credentials(url, key or os.environ.get("SOC_API_KEY", "")))
    try:
        play(files, _speed(speed), center)
    except KeyboardInterrupt:
        print(f"\nreplay: interrupted, {center.accepted} events taken", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    print(f"\nreplay: {center.accepted} events taken, {center.rejected} refused", file=sys.stderr)
