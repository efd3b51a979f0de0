"""Real mail servers for tests."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.center import free_port
from tests.certificates import certificate

USER, PASSWORD = "soc", "mua mua"


class Mailbox:
    """Keeps what it took, and refuses as it is told: recipient → the answers that come first."""

    def __init__(self) -> None:
        self.port = 0
        self.got: list[tuple[str, EmailMessage]] = []
        self.answers: dict[str, list[str]] = {}
        self.secured: list[bool] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:  # noqa: N802
        if self.answers.get(address):
            return self.answers[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        assert server.transport
        self.secured.append(server.transport.get_extra_info("ssl_object") is not None)
        self.got += [(address, mail) for address in envelope.rcpt_tos]
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """What one recipient got."""
        return [mail for who, mail in self.got if who == address]


def _authenticated(_: SMTP, __: Session, ___: Envelope, ____: str, given: Any) -> AuthResult:
    known = isinstance(given, LoginPassword) and given == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@asynccontextmanager
async def serving_mail(
    folder: Path | None = None, *, tls: bool = False, starttls: bool = False
) -> AsyncIterator[tuple[Mailbox, ssl.SSLContext | None]]:
    """A mailbox, and by what its certificate is to be trusted: from the first byte, after STARTTLS, or without any."""
    ours, trust = _contexts(folder) if folder else (None, None)
    box, options = Mailbox(), dict[str, Any](hostname="127.0.0.1")
    if starttls:
        options |= {"tls_context": ours, "require_starttls": True}
    if tls or starttls:
        options |= {"authenticator": _authenticated, "auth_required": True, "auth_require_tls": starttls}
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, **options), "127.0.0.1", 0, ssl=ours if tls else None
    )
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box, trust


def _contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    chain, key = certificate(folder, "127.0.0.1")
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(chain, key)
    return ours, ssl.create_default_context(cafile=str(chain))


@contextmanager
def mail_in_a_thread() -> Iterator[Mailbox]:
    """A mailbox without TLS in a thread of its own, for a center that runs beside the test."""
    box = Mailbox()
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
