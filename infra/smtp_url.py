"""Where mail is handed in, as one address: smtp://user:password@host:587 or smtps://…"""

import ipaddress
from urllib.parse import unquote, urlsplit

import msgspec

SUBMISSION, SUBMISSION_TLS, RELAY = 587, 465, 25


class Smtp(msgspec.Struct, frozen=True, kw_only=True):
    """A mail server and how to speak to it."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: bool = False
    """From the first byte."""
    starttls: bool = True
    """Otherwise it is demanded before anything else is said; not of this machine itself."""


def smtp_of(url: str) -> Smtp | None:
    """The server of an address; None for none. Raises ValueError for what is no such address."""
    if not url:
        return None
    parsed = urlsplit(url)
    if parsed.scheme not in ("smtp", "smtps") or not parsed.hostname or parsed.path.strip("/") or parsed.query:
        raise ValueError("is no address like smtp://user:password@host:587")
    tls, here = parsed.scheme == "smtps", _is_here(parsed.hostname)
    return Smtp(
        host=parsed.hostname,
        port=parsed.port or (SUBMISSION_TLS if tls else RELAY if here else SUBMISSION),
        user=unquote(parsed.username) if parsed.username else None,
        password=unquote(parsed.password) if parsed.password else None,
        tls=tls,
        starttls=not tls and not here,
    )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
