"""Addresses lead somewhere."""

import pytest

from schemas.addresses import is_web_address


@pytest.mark.parametrize(
    "text",
    [
        "https://files.example.org/1.jpg",
        "http://10.0.0.7:8080",
        "https://[2001:db8::1]:8443/ảnh?nhỏ=1#a",
        "https://côngan.vn/cảnh-báo",
        "https://lan@files.example.org/",
        "http://camera-7?stream=1",
    ],
)
def test_an_address_of_a_host_is_one(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "https://", "http:///a", "https://:443/", "https://?a", "https://#", "https://@/", "https://["),
        *("https://a b/", "https://a.example:99999999/", "https://a/b\n", "https:/a"),
        *("file:///etc/passwd", "javascript:x", "example.org"),
    ],
)
def test_what_leads_nowhere_is_none(text: str) -> None:
    assert not is_web_address(text)
