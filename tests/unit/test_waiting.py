"""What a start says while it waits."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from infra.embedded import waiting
from infra.embedded.waiting import News, missing_at
from schemas.sentences import say


class Answers(BaseHTTPRequestHandler):
    """Answers `/readyz` with what the test wants."""

    status, body = 200, b""

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_names_what_is_not_ready_and_why(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"kafka": {"ready": True}, "detect": {"ready": False, "detail": "no tick"}, "relay": {"ready": False}}
    monkeypatch.setattr(Answers, "status", 503)
    monkeypatch.setattr(Answers, "body", json.dumps({"ready": False, "dependencies": parts}).encode())
    assert missing_at(url) == "detect (no tick), relay"


def test_tells_what_another_server_at_this_address_answers(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answers, "status", 404)
    monkeypatch.setattr(Answers, "body", b"<h1>Not here</h1>")
    assert missing_at(url) == "<h1>Not here</h1>"


def test_nothing_is_missing_when_all_is_ready(url: str) -> None:
    assert missing_at(url) == ""


def test_an_api_that_does_not_answer_is_missing(url: str) -> None:
    assert missing_at("http://127.0.0.1:9").startswith("the API does not answer")


def test_a_long_wait_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    news = News(told.append)
    news.of(say("waiting_for", missing="detect"))
    assert told == []
    monkeypatch.setattr(waiting, "TOLD_SECONDS", 0.0)
    news = News(told.append)
    news.of(say("waiting_for", missing="relay"))
    assert told == ["waiting: relay"]
