"""Addresses to call, from the hosts that settings give."""

import pytest

from infra.settings import load


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:8000"),
        ("10.0.0.5", "http://10.0.0.5:8000"),
        ("soc.example", "http://soc.example:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("::", "http://[::1]:8000"),
    ],
)
def test_what_listens_at_a_host_is_called_where_it_answers(host: str, url: str) -> None:
    assert load({"SOC_HTTP_HOST": host}).http_url == url


def test_ingest_listens_on_loopback_wherever_the_api_listens() -> None:
    settings = load({"SOC_HTTP_HOST": "0.0.0.0", "SOC_INGEST_PORT": "9000"})
    assert (settings.ingest_host, settings.ingest_url) == ("127.0.0.1", "http://127.0.0.1:9000")
