"""No webhook reaches a special-purpose address, however it is spelt."""

import ipaddress

import pytest

from infra.outbound.guard import checked_url, is_public, vetted_addresses
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
        ("https://example.org:0/", "port"),
        ("https://example.org:x/", "https://"),
        ("https://[abc", "https://"),
        ("https://[abc]/", "https://"),
        ("https://abc]/", "https://"),
        ("https://[fe80::1%25eth0]/", "https://"),
        ("https://exa mple.org/", "https://"),
        ("https://%31.example.org/", "https://"),
        ("https://co\u0302ngan.vn/", "https://"),
        ("https://example.org/\ud800", "https://"),
        (" https://example.org/", "https://"),
        ("https://example.org/a\u0001b", "control"),
        ("https://example.org/a\x00", "control"),
        ("https://example.org/hook\n", "control"),
        ("https://exam\tple.org/", "control"),
        ("", "https://"),
    ],
)
def test_a_wrong_url_is_refused_with_the_reason(url: str, word: str) -> None:
    with pytest.raises(Invalid, match=word) as refusal:
        checked_url(url, allow_private=False)
    assert refusal.value.field == "url"


@pytest.mark.parametrize(
    "url, dialled",
    [
        ("https://côngan.vn/hook", "https://xn--cngan-6ta.vn/hook"),
        (
            "https://CÔNGAN.VN:8443/cảnh báo?tỉnh=bd",
            "https://xn--cngan-6ta.vn:8443/c%E1%BA%A3nh%20b%C3%A1o?t%E1%BB%89nh=bd",
        ),
        ("https://a_b.example.org", "https://a_b.example.org/"),
        ("https://[2606:4700::1111]:443/x#y", "https://[2606:4700::1111]/x"),
    ],
)
def test_an_address_in_letters_of_any_language_is_dialled_in_ascii(url: str, dialled: str) -> None:
    parsed = checked_url(url, allow_private=False)
    assert f"{parsed.scheme}://{parsed.netloc.decode()}{parsed.raw_path.decode()}" == dialled


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
async def test_loopback_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(Invalid, match=r"not a public address|has no address"):
        await vetted_addresses(f"https://{host}/hook", allow_private=False)


@pytest.mark.parametrize("host", ["xn--zzzzzz--.invalid", "a..b", ".a", "côngan.invalid", "a" * 64 + ".vn"])
async def test_a_name_that_nobody_can_look_up_is_refused(host: str) -> None:
    with pytest.raises(Invalid, match="has no address"):
        await vetted_addresses(f"https://{host}/hook", allow_private=True)


async def test_the_setting_lets_loopback_through() -> None:
    assert await vetted_addresses("http://127.0.0.1:8080/hook", allow_private=True) == ["127.0.0.1"]
