"""`soc replay`: recorded input through the public HTTP interface, at the recorded pace or faster."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import httpx
import msgspec
import typer

from infra.settings import load
from infra.terminal import language, tell
from schemas.errors import Invalid, Unavailable
from schemas.sentences import Sentence, joined, say
from services.cli.progress import Progress
from services.cli.recordings import Recorded, recorded
from services.cli.spoken import App

app = App()

MANY, MOST_BYTES = 200, 500_000
"""A request carries at most so many events and bytes."""
EARLY_S = 0.5
"""How long before its time an event may be sent, with the first of its request."""
SHOWN = 5
"""Refusals that are shown."""
AWAY_S = 300.0
"""How long a center may be away before a replay gives up."""


class _Credentials(msgspec.Struct):
    url: str
    api_key: str


class Center:
    """Posts batches; waits while the center is away."""

    def __init__(self, url: str, key: str) -> None:
        """`url` of the API or of ingest. Raises Invalid."""
        _check(url, key)
        headers = {"authorization": f"Bearer {key}", "accept-language": language()}
        self._http = httpx.Client(base_url=url, timeout=60, headers=headers)
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
                raise Unavailable(say("replay_gave_up", url=self._http.base_url, seconds=AWAY_S))
            if pause == 0.5:
                _tell(self._waits(answer))
            time.sleep(_wait(answer, pause))
            pause = min(10.0, pause * 2)

    def _waits(self, answer: httpx.Response | None) -> Sentence:
        url = self._http.base_url
        if answer is None:
            return say("replay_unreached", url=url, seconds=AWAY_S)
        return say("replay_waits", url=url, status=answer.status_code, seconds=AWAY_S)

    def _post(self, body: bytes) -> httpx.Response | None:
        try:
            return self._http.post(
                "/v1/events", content=body, headers={"content-type": "application/cloudevents-batch+json"}
            )
        except httpx.TransportError:
            return None

    def _count(self, answer: httpx.Response, events: list[Recorded]) -> None:
        if answer.status_code not in (202, 422):
            raise Invalid(
                say("replay_wrong", status=answer.status_code, reason=answer.text[:200]), field="--url, --key"
            )
        told = answer.json()
        self.accepted += int(told.get("accepted", 0))
        self.duplicates += int(told.get("duplicates", 0))
        for one in told.get("rejected", []):
            if self.rejected < SHOWN:
                _tell(say("replay_refused_event", id=one.get("id"), reason=one.get("detail")))
            self.rejected += 1
        if answer.status_code == 422 and not told.get("rejected"):
            _tell(say("replay_refused", reason=answer.text[:200]))
            self.rejected += len(events)

    def summary(self) -> Sentence:
        """What became of everything sent."""
        if self.duplicates:
            return say("replay_summary_again", taken=self.accepted, again=self.duplicates, refused=self.rejected)
        return say("replay_summary", taken=self.accepted, refused=self.rejected)


def _tell(said: Sentence) -> None:
    tell(joined(["replay", said], ": "), aside=True)


def _wait(answer: httpx.Response | None, pause: float) -> float:
    given = answer.headers.get("retry-after", "") if answer is not None else ""
    return min(30.0, float(given)) if given.isdigit() else pause


def batches(events: Iterator[Recorded], span_s: float) -> Iterator[list[Recorded]]:
    """Events that may travel in one request: within `span_s` recorded seconds, not too many."""
    held: list[Recorded] = []
    size = 0
    for one in events:
        bytes_more = len(msgspec.json.encode(one.event))
        full = len(held) >= MANY or size + bytes_more > MOST_BYTES
        if held and (full or abs((one.at - held[0].at).total_seconds()) > span_s):
            yield held
            held, size = [], 0
        held.append(one)
        size += bytes_more
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
        raise Invalid(say("replay_speed"), field="--speed")
    return speed


def _check(url: str, key: str) -> None:
    """Before anything is read: else a wrong address would be waited for. Raises Invalid."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise Invalid(say("not_http"), field="--url") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise Invalid(say("not_http"), field="--url")
    if not key.isascii():
        raise Invalid(say("key_unknown"), field="--key")


def _credentials(url: str, key: str) -> tuple[str, str]:
    if url and key:
        return url, key
    path = load().run_path / "credentials.json"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Credentials)
    except (OSError, msgspec.MsgspecError):
        raise Invalid(say("replay_needs", path=path), field="--key") from None
    return url or found.url, key or found.api_key


def play(files: list[Path], speed: float, center: Center) -> None:
    """Sends the files one after another; `speed` times the recorded pace."""
    total = sum(1 for path in files for _ in recorded(path))
    progress = Progress("replay", total, say("unit_events"))
    for path in files:
        begin, first = time.monotonic(), None
        for batch in batches(recorded(path), EARLY_S * speed):
            first = first or batch[0].at
            due = begin + (batch[0].at - first).total_seconds() / speed
            time.sleep(max(0.0, due - time.monotonic()))
            center.send(batch)
            progress.add(len(batch))


@app.add("replay", help="help_replay")
def replay(
    files: Annotated[list[Path], typer.Argument(help="help_replay_files")],
    speed: Annotated[str, typer.Option(help="help_replay_speed")] = "1",
    url: Annotated[str, typer.Option(help="help_replay_url")] = "",
    key: Annotated[str, typer.Option(help="help_replay_key")] = "",
) -> None:
    """Send recorded input to a running center."""
    center = Center(*_credentials(url, key or os.environ.get("SOC_API_KEY", "")))
    try:
        play(files, _speed(speed), center)
    except KeyboardInterrupt:
        _tell(say("replay_interrupted", summary=center.summary()))
        raise
    _tell(center.summary())
