"""No webhook reaches a special-purpose address, however it is spelt."""

import ipaddress

import pytest

from infra.outbound.guard import checked_url, is_public, vetted_address
from schemas.errors import Invalid

REFUSED = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", REFUSED)
def test_a_special_purpose_address_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])
def test_an_ordinary_address_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url, word",
    [
        ("ftp://example.org/x", "https"),
        ("http://example.org/x", "https"),
        ("https:///x", "https"),
        ("https://user:pw@example.org/", "password"),
        ("https://example.org:99999/", "port"),
    ],
)
def test_a_wrong_url_is_refused_with_the_reason(url: str, word: str) -> None:
    with pytest.raises(Invalid, match=word):
        checked_url(url, allow_private=False)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
async def test_loopback_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(Invalid, match=r"not a public address|has no address"):
        await vetted_address(f"https://{host}/hook", allow_private=False)


async def test_the_setting_lets_loopback_through() -> None:
    assert await vetted_address("http://127.0.0.1:8080/hook", allow_private=True) == "127.0.0.1"
