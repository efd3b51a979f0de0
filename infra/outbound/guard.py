"""Which addresses an outbound request may dial: none of the special-purpose ranges, and vetted ones only."""

import asyncio
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Awaitable, Callable, Sequence

import httpx

from schemas.errors import Invalid
from schemas.sentences import say

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host and a port to its addresses."""

SPECIAL_IPV4 = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
"""IANA IPv4 Special-Purpose Address Registry, and multicast. `ipaddress.is_private` misses several of them."""

GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")
SPECIAL_IPV6 = [
    ipaddress.ip_network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]
"""IANA IPv6 Special-Purpose Address Registry within global unicast, 6to4 and Teredo included; all outside 2000::/3
(loopback, unique local, link local, IPv4-mapped, NAT64, multicast) is refused as a whole."""


def is_public(address: Address) -> bool:
    """Whether an address is ordinary global unicast."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in SPECIAL_IPV4)
    return address in GLOBAL_IPV6 and not any(address in network for network in SPECIAL_IPV6)


HOST = re.compile(r"[0-9a-z._-]+|[0-9a-f:.]+", re.IGNORECASE)
"""A name as it is looked up, in ASCII, or an address; neither has percent signs or brackets of its own."""


def _parsed(url: str) -> httpx.URL:
    if any(unicodedata.category(letter) == "Cc" for letter in url):
        raise Invalid(say("carries_control"), field="url")
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError):  # what IDNA refuses, and half a surrogate, are each a UnicodeError
        raise Invalid(say("not_address"), field="url") from None


def checked_url(url: str, *, allow_private: bool) -> httpx.URL:
    """A webhook URL as it is dialled, its name in IDNA, its path escaped; raises Invalid naming what is wrong."""
    parsed = _parsed(url)
    if parsed.scheme not in ("https", "http") or not HOST.fullmatch(parsed.raw_host.decode()):
        raise Invalid(say("not_address"), field="url")
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise Invalid(say("no_port"), field="url")
    if parsed.scheme == "http" and not allow_private:
        raise Invalid(say("not_https"), field="url")
    if parsed.userinfo:
        raise Invalid(say("carries_password"), field="url")
    return parsed


def origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    """The server of an address: what is sent to one in confidence is for no other (RFC 6454); a usual port is None."""
    return url.scheme, url.host, url.port


async def resolved(host: str, port: int) -> Sequence[str]:
    """What the resolver of this machine answers, at least one address. Raises Invalid if the name has none."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise Invalid(say("no_address", host=host), field="url") from None
    return [str(entry[4][0]) for entry in found]


async def vetted(host: str, port: int, *, allow_private: bool, resolve: Resolve = resolved) -> list[str]:
    """The addresses to dial for `host`, in their order: found now, every one vetted. Raises Invalid if any of them is
    not public.

    One bad answer refuses the name: a name with a public and a private address is how rebinding looks.
    """
    addresses = [ipaddress.ip_address(text.split("%")[0]) for text in await resolve(host, port)]
    refused = [address for address in addresses if not is_public(address)]
    if refused and not allow_private:
        raise Invalid(say("not_public", host=host, address=refused[0]), field="url")
    return list(dict.fromkeys(map(str, addresses)))


async def vetted_addresses(url: str, *, allow_private: bool) -> list[str]:
    """The addresses that would be dialled now for `url`; raises Invalid as `checked_url` and `vetted` do."""
    parsed = checked_url(url, allow_private=allow_private)
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    return await vetted(parsed.raw_host.decode(), port, allow_private=allow_private)
