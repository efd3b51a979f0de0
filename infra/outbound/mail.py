"""Mail to people: handed in at one server, over TLS unless that is this machine itself."""

import asyncio
import ssl
import time
from collections.abc import Sequence
from email.message import EmailMessage

import aiosmtplib
import httpx

from city.delivery import HOPELESS, RETRY
from infra.outbound.post import Attempt, kept
from infra.smtp_url import Smtp

TIMEOUT_S = 15.0
"""For each answer of the server, and twice that for all mails of one delivery."""
ACCEPTED = 250
REFUSES = (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPDataError)
"""About one mail; anything else that goes wrong is about the server and how we speak to it."""


class Mailer:
    """Hands in mails, several over one connection."""

    def __init__(self, server: Smtp, trust: ssl.SSLContext | None = None) -> None:
        """`trust`: what certificates are checked by, else Mozilla's roots or `SSL_CERT_FILE`."""
        self._server = server
        self._trust = trust or httpx.create_ssl_context()

    async def send(self, mails: Sequence[EmailMessage]) -> list[Attempt]:
        """What came of each mail, in their order; never raises for what the other side does."""
        found: list[Attempt] = []
        try:
            async with asyncio.timeout(2 * TIMEOUT_S), self._connected() as smtp:
                for mail in mails:
                    found.append(await _sent(smtp, mail))
        except (aiosmtplib.SMTPException, OSError) as error:
            found += [_failed(error, time.monotonic())] * (len(mails) - len(found))
        return found

    def _connected(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.starttls,
            tls_context=self._trust,
            timeout=TIMEOUT_S,
        )


async def _sent(smtp: aiosmtplib.SMTP, mail: EmailMessage) -> Attempt:
    started = time.monotonic()
    try:
        await smtp.send_message(mail)
    except REFUSES as error:
        return _failed(error, started)
    return Attempt(status=ACCEPTED, error=None, duration_ms=_since(started))


def _failed(error: Exception, started: float) -> Attempt:
    code, words = _said(error)
    final = isinstance(error, REFUSES) and code is not None and code >= 500
    verdict = HOPELESS if final else RETRY
    return Attempt(status=code, error=kept(words), duration_ms=_since(started), verdict=verdict)


def _said(error: Exception) -> tuple[int | None, str]:
    """The server's code and words; of several refused recipients the first one's: each mail has one."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code, f"{error.code} {error.message}"
    return None, f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
