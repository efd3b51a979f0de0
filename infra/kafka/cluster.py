"""A Kafka, and what its clients bring along: TLS, a certificate of their own, a user (ADR 0071)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import msgspec

from schemas.errors import Invalid, Unavailable
from schemas.sentences import Sentence, say

if TYPE_CHECKING:  # most centers speak to the embedded Kafka, which has no TLS
    from ssl import SSLContext

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Where it is and how one gets in; each field is the setting `SOC_KAFKA_<FIELD>`.

    Files are read when a client is made: what was renewed counts from the next client on.
    """

    bootstrap: str
    security_protocol: str = "PLAINTEXT"
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    sasl_mechanism: str = "SCRAM-SHA-512"
    user: str = ""
    password: str = ""
    password_file: str = ""

    @property
    def has_tls(self) -> bool:
        """Whether what is sent is encrypted."""
        return self.security_protocol in {"SSL", "SASL_SSL"}

    @property
    def has_user(self) -> bool:
        """Whether a client signs in by name and password."""
        return self.security_protocol in {"SASL_PLAINTEXT", "SASL_SSL"}

    @property
    def in_the_clear(self) -> bool:
        """Whether a client signs in where others may listen."""
        return self.has_user and not self.has_tls

    def options(self) -> dict[str, Any]:
        """Keyword arguments that aiokafka's and kafka-python's clients share. Raises Invalid naming the setting."""
        found: dict[str, Any] = {"bootstrap_servers": self.bootstrap, "security_protocol": self.security_protocol}
        if self.has_tls:
            found["ssl_context"] = self._context()
        if self.has_user:
            found["sasl_mechanism"] = self.sasl_mechanism
            found["sasl_plain_username"], found["sasl_plain_password"] = self.user, self._secret()
        return found

    def check(self) -> None:
        """Whether the settings fit each other; files are looked at by `options`. Raises Invalid naming the setting."""
        if self.security_protocol not in PROTOCOLS:
            refuse("security_protocol", say("is_none_of", given=self.security_protocol, known=", ".join(PROTOCOLS)))
        if self.security_protocol != "PLAINTEXT" and not self.bootstrap:
            refuse("bootstrap", say("kafka_embedded_open"))
        for one in self.bootstrap.split(",") if self.bootstrap else ():
            _check_address(one.strip())
        self._check_tls()
        self._check_user()

    def _check_tls(self) -> None:
        for name in ("ca_file", "certificate_file", "key_file"):
            if getattr(self, name) and not self.has_tls:
                refuse(name, say("needs_tls_protocol", given=self.security_protocol))
        if self.key_file and not self.certificate_file:
            refuse("key_file", say("key_needs_certificate"))

    def _check_user(self) -> None:
        given = [name for name in ("user", "password", "password_file") if getattr(self, name)]
        if not self.has_user and given:
            refuse(given[0], say("needs_user_protocol", given=self.security_protocol))
        if not self.has_user:
            return
        if self.sasl_mechanism not in MECHANISMS:
            refuse("sasl_mechanism", say("is_none_of", given=self.sasl_mechanism, known=", ".join(MECHANISMS)))
        if not self.user:
            refuse("user", say("user_missing", given=self.security_protocol))
        if self.password and self.password_file:
            refuse("password_file", say("password_twice"))
        if not self.password and not self.password_file:
            refuse("password", say("password_missing", user=self.user))

    def _context(self) -> "SSLContext":
        """Trusts `ca_file`, else what this machine trusts; names of hosts are always checked."""
        import ssl

        try:
            context = ssl.create_default_context(cafile=self._readable("ca_file"))
        except ssl.SSLError:
            refuse("ca_file", say("no_certificate_in", path=self.ca_file))
        if self.certificate_file:
            self._show(context)
        return context

    def _show(self, context: "SSLContext") -> None:
        import ssl

        chain, key = self._readable("certificate_file"), self._readable("key_file")
        named = "key_file" if key else "certificate_file"
        try:
            context.load_cert_chain(str(chain), key, password=_nobody_to_ask)
        except _EncryptedKey:
            refuse(named, say("key_encrypted", path=key or chain))
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                refuse(named, say("key_of_another", path=key or chain, chain=chain))
            refuse(named, say("no_key_pair", chain=chain, path=key or chain))

    def _secret(self) -> str:
        path = self._readable("password_file")
        if path is None:
            return self.password
        try:
            found = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            refuse("password_file", say("file_not_utf8", path=path))
        return found or refuse("password_file", say("file_empty", path=path))

    def _readable(self, name: str) -> str | None:
        """The path that a field gives, None if it gives none."""
        path: str = getattr(self, name)
        if not path:
            return None
        try:
            with Path(path).open("rb"):
                return path
        except OSError as error:
            refuse(name, say("path_unreadable", path=path, reason=error.strerror))


Given = Cluster | str
"""A Kafka; a bare host:port is one that asks for nothing, as the embedded one."""


def cluster_of(given: Given) -> Cluster:
    """The Kafka that is given."""
    return Cluster(bootstrap=given) if isinstance(given, str) else given


def setting(field: str) -> str:
    """The setting that a field of Cluster comes from."""
    return f"SOC_KAFKA_{field.upper()}"


def refuse(field: str, said: Sentence) -> NoReturn:
    """Raises Invalid that names the setting."""
    raise Invalid(said, field=setting(field)) from None


def silent(cluster: Cluster, error: Exception) -> Unavailable:
    """That Kafka does not answer, with what a client calls it."""
    return Unavailable(say("kafka_silent", where=cluster.bootstrap, reason=type(error).__name__))


class _EncryptedKey(Exception):
    """A key that only somebody who types a password can read."""


def _nobody_to_ask() -> str:
    raise _EncryptedKey


def _check_address(address: str) -> None:
    parts = urlsplit(f"//{address}")
    try:
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0) and parts.netloc == address
    except ValueError:
        named = False
    if not named or "@" in address:
        refuse("bootstrap", say("no_host_port", given=address))
