"""`email`: a mail to each person; all mails of an incident are one thread."""

from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from sqlalchemy import Row

from city.delivery import EMAIL, HOPELESS, RETRY, WAYS
from city.notices import in_language
from infra.clock import utc_now
from infra.outbound.mail import Mailer
from infra.outbound.post import Attempt, kept
from services.webhooks.letters import Letter

NO_SERVER = "this center sends no mail: SOC_SMTP_URL is not set"


class Mail:
    """Carries by e-mail."""

    way = WAYS[EMAIL]

    def __init__(self, mailer: Mailer | None, sender: str) -> None:
        """Without a mailer every attempt fails, and is made again once the center has one."""
        self._mailer = mailer
        self._sender = sender

    async def carry(self, endpoint: Row[Any], message: str, letters: Sequence[Letter]) -> list[Attempt]:
        """All over one connection."""
        if self._mailer is None:
            return [Attempt(status=None, error=NO_SERVER, duration_ms=0, verdict=RETRY)] * len(letters)
        mails = [self._mail(message, letter) for letter in letters]
        sent = iter(await self._mailer.send([one for one in mails if isinstance(one, EmailMessage)]))
        return [next(sent) if isinstance(one, EmailMessage) else one for one in mails]

    def _mail(self, message: str, letter: Letter) -> EmailMessage | Attempt:
        """Whoever has an address that no header takes goes without; the others do not."""
        try:
            return composed(self._sender, message, letter)
        except ValueError as error:
            said = kept(f"{letter.person.address}: {error}")
            return Attempt(status=None, error=said, duration_ms=0, verdict=HOPELESS)


def composed(sender: str, message: str, letter: Letter) -> EmailMessage:
    """One mail. Of what came from outside nothing can become a header: those are on one line, whatever it was."""
    domain, person = sender.rpartition("@")[2], letter.person
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(in_language(letter.center, person.language), addr_spec=sender)
    mail["To"] = Address(" ".join(person.name.split()), addr_spec=person.address)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(utc_now())
    mail["Message-ID"] = f"<{message}@{domain}>"
    if letter.incident:
        thread = f"<{letter.incident}@{domain}>"
        mail["In-Reply-To"], mail["References"] = thread, thread
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body, cte="quoted-printable")
    return mail
