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
from services.cli.progress import Progress
from services.cli.recordings import Recorded, recorded

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

MANY, MOST_BYTES = 200, 500_000
"""A request carries at most so many events and bytes."""
EARLY_S = 0.5
"""How long before its time an event may be sent, with the first of its request."""
SHOWN = 5
"""Refusals that are shown."""
AWAY_S = 300.0
"""How long a center may be away before a replay gives up."""
INTERRUPTED = 130


class _Credentials(msgspec.Struct):
    url: str
    api_key: str


class Center:
    """Posts batches; waits while the center is away."""

    def __init__(self, url: str, key: str) -> None:
        """`url` of the API or of ingest."""
        self._http = httpx.Client(base_url=url, timeout=60, headers={"authorization": f"Bearer {key}"})
        self.accepted = 0
        self.duplicates = 0
        self.rejected = 0

    def send(self, events: list[Recorded]) -> None:
        """Returns once they are taken. Raises Invalid when the key is refused, Unavailable after five minutes."""
        body = msgspec.json.encode([one.event for one in events])
        begin, pause = time.monotonic(), 0.5
        while True:
            answer = self._post(body)
            if answer is not None and answer.status_code not in (429, 502, 503, 504):
                return self._count(answer, events)
            if time.monotonic() > begin + AWAY_S:
                raise Unavailable(f"{self._http.base_url} has not taken events for {AWAY_S:.0f} s")
            if pause == 0.5:
                why = f"answers {answer.status_code}" if answer is not None else "is not reached"
                _say(f"{self._http.base_url} {why}; waiting for up to {AWAY_S:.0f} s")
            time.sleep(_wait(answer, pause))
            pause = min(10.0, pause * 2)

    def _post(self, body: bytes) -> httpx.Response | None:
        try:
            return self._http.post(
                "/v1/events", content=body, headers={"content-type": "application/cloudevents-batch+json"}
            )
        except httpx.TransportError:
            return None

    def _count(self, answer: httpx.Response, events: list[Recorded]) -> None:
        if answer.status_code not in (202, 422):
            raise Invalid(f"the center answered {answer.status_code}: {answer.text[:200]}", field="--url, --key")
        told = answer.json()
        self.accepted += int(told.get("accepted", 0))
        self.duplicates += int(told.get("duplicates", 0))
        for one in told.get("rejected", []):
            if self.rejected < SHOWN:
                _say(f"refused: event {one.get('id')}: {one.get('detail')}")
            self.rejected += 1
        if answer.status_code == 422 and not told.get("rejected"):
            _say(f"refused: {answer.text[:200]}")
            self.rejected += len(events)

    def summary(self) -> str:
        """What became of everything sent."""
        again = f", {self.duplicates} had been taken before" if self.duplicates else ""
        return f"{self.accepted} events taken{again}, {self.rejected} refused"


def _say(line: str) -> None:
    print(f"\nreplay: {line}" if sys.stderr.isatty() else f"replay: {line}", file=sys.stderr, flush=True)


def _wait(answer: httpx.Response | None, pause: float) -> float:
    given = answer.headers.get("retry-after", "") if answer is not None else ""
    return min(30.0, float(given)) if given.isdigit() else pause


def batches(events: Iterator[Recorded], span_s: float) -> Iterator[list[Recorded]]:
    """Events that may travel in one request: within `span_s` recorded seconds, not too many."""
    held: list[Recorded] = []
    size = 0
    for one in events:
        size += len(msgspec.json.encode(one.event))
        full = len(held) >= MANY or size > MOST_BYTES
        if held and (full or abs((one.at - held[0].at).total_seconds()) > span_s):
            yield held
            held, size = [], 0
        held.append(one)
    if held:
        yield held


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
    progress = Progress("replay", total, "events")
    for path in files:
        begin, first = time.monotonic(), None
        for batch in batches(recorded(path), EARLY_S * speed):
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
        _say(f"interrupted: {center.summary()}; run it again to go on, nothing is taken twice")
        raise typer.Exit(INTERRUPTED) from None
    _say(center.summary())
