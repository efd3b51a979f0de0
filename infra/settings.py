"""Settings: one frozen class, from the environment only, built once in each `main()` and passed down."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from infra.hosts import url_of
from infra.kafka.cluster import Cluster
from infra.smtp_url import Smtp, smtp_of
from schemas.duty import EMAIL
from schemas.errors import Invalid
from schemas.sentences import LANGUAGES, say

DATABASE_SCHEME = "postgresql+psycopg"
REDIS_SCHEMES = ("redis", "rediss", "unix")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the variable `SOC_<FIELD>`; the docstring under it is its help in `docs/generated/settings.md`."""

    http_host: str = "127.0.0.1"
    """Address the API and the console listen on."""
    http_port: int = 8000
    """Port of the API and the console."""
    ingest_host: str = "127.0.0.1"
    """Address ingest itself listens on, for bulk feeds of other machines; it has no TLS of its own."""
    ingest_port: int = 0
    """Port of ingest itself, for bulk feeds; 0 takes a free one. The API passes /v1/events and /v1/hooks/ on to it."""
    run_dir: str = ".run"
    """Where data, logs and credentials of this center lie."""
    city: str = "infra/cities/binh-duong"
    """The city folder."""
    base_tiles: str = ""
    """A .pmtiles file, of vector or picture tiles, that the map shows under the city's own layers; empty: none."""
    demo: bool = True
    """Play the simulated feeds of the city; 0 starts it without."""
    kafka_bootstrap: str = ""
    """host:port of an external Kafka, several with commas between; empty: the embedded one."""
    kafka_security_protocol: str = "PLAINTEXT"
    """How the external Kafka is spoken to, in its own words: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""
    kafka_ca_file: str = ""
    """PEM file of the authorities that the brokers' certificates may be of; empty: those that this machine trusts."""
    kafka_certificate_file: str = ""
    """PEM file of the certificate that is shown to brokers which ask for one, with what leads to its authority."""
    kafka_key_file: str = ""
    """PEM file of that certificate's key, not encrypted; empty: it is in `SOC_KAFKA_CERTIFICATE_FILE`."""
    kafka_sasl_mechanism: str = "SCRAM-SHA-512"
    """How a user signs in, with SASL_SSL or SASL_PLAINTEXT: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."""
    kafka_user: str = ""
    """Who signs in, with SASL_SSL or SASL_PLAINTEXT."""
    kafka_password: str = ""
    """Password of `SOC_KAFKA_USER`."""
    kafka_password_file: str = ""
    """Instead of `SOC_KAFKA_PASSWORD`: a file that has it alone, read anew by each client that is made."""
    database_url: str = ""
    """postgresql+psycopg://… of an external PostgreSQL, for TLS …?sslmode=verify-full; empty: the embedded one."""
    redis_url: str = ""
    """redis://…, with TLS rediss://…, of an external Redis or Valkey; empty: the embedded one."""
    webhook_allow_private: bool = False
    """Let webhooks go to loopback and private addresses; only for trying things out."""
    smtp_url: str = ""
    """smtp://user:password@host:587 (with STARTTLS, but on this machine itself) or smtps://…; empty: no e-mail."""
    mail_from: str = ""
    """The address that mail to people on duty comes from; needed with `SOC_SMTP_URL`."""
    duty_messages: int = 10
    """Most messages that an endpoint for people sends singly within `SOC_DUTY_MINUTES`; 0: all. What is more is told
    together, once a minute."""
    duty_minutes: int = 10
    """The minutes in which `SOC_DUTY_MESSAGES` are counted."""
    public_url: str = ""
    """https://… under which people reach the console, for links in what they are told; empty: no links."""
    exercise: str = ""
    """Name of the exercise that this center plays: agencies, webhooks and people get nothing. Empty: it is real."""
    language: str = ""
    """What `soc` and `make` speak at a terminal: vi or en; empty: Vietnamese if LC_ALL, LC_MESSAGES or LANG (the first
    that is set) begins with vi, else English."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""
    held: bool = False
    """Once loaded, wait until the standard input ends: how a supervisor has processes load while servers start."""
    metrics_host: str = "127.0.0.1"
    """Address that a process's own /metrics listens on; whoever reaches it may read them."""
    metrics_port: int = 0
    """Port of a process's own /metrics, of `soc up` the first of consecutive ones; 0 for none."""
    body_limit: int = 8_388_608
    """Largest request body ingest takes, bytes."""
    api_body_limit: int = 2_097_152
    """Largest request body of the API's own routes, bytes; what it passes on to ingest has that of ingest."""
    pack_limit: int = 50_000
    """Most readings in one SenML pack."""
    keep_minutes_days: int = 400
    """How long readings are kept by minute, days, dropped by whole months; 0: for ever."""
    keep_hours_days: int = 1830
    """How long readings are kept by hour, days, dropped by whole months; 0: for ever."""
    keep_dead_letters_days: int = 30
    """How long dead letters are kept as rows, days; 0: for ever. Kafka keeps them 30 days in any case."""
    dead_letters_hourly: int = 100
    """Most dead letters of one source with one reason that become rows in an hour, of one source ten times as many."""
    keep_deliveries_days: int = 90
    """How long settled deliveries of webhooks and their attempts are kept, days; 0: for ever."""
    keep_suppressions_days: int = 1830
    """How long it is kept which signals a silence or works covered, days after that ended; 0: for ever."""

    @property
    def http_url(self) -> str:
        """Where this machine reaches the API and the console."""
        return url_of(self.http_host, self.http_port)

    @property
    def ingest_url(self) -> str:
        """Where this machine reaches ingest itself, whose port must be known."""
        return url_of(self.ingest_host, self.ingest_port)

    @property
    def kafka(self) -> Cluster:
        """Kafka, as its clients are told."""
        return Cluster(**{name: getattr(self, f"kafka_{name}") for name in Cluster.__struct_fields__})

    @property
    def smtp(self) -> Smtp | None:
        """The mail server, if there is one. Raises Invalid naming the variable."""
        try:
            found = smtp_of(self.smtp_url)
        except ValueError:
            raise Invalid(say("mail_server"), field="SOC_SMTP_URL") from None
        if found is not None and not EMAIL.fullmatch(self.mail_from):
            raise Invalid(say("mail_address"), field="SOC_MAIL_FROM")
        return found

    @property
    def run_path(self) -> Path:
        """`run_dir`, absolute."""
        return Path(self.run_dir).resolve()


def _parse(name: str, text: str, kind: type) -> object:
    try:
        if kind is bool:
            return {"1": True, "true": True, "0": False, "false": False}[text.lower()]
        return kind(text)
    except (ValueError, KeyError):
        said = say("given_switch", given=text) if kind is bool else say("given_whole_number", given=text)
        raise Invalid(said, field=name) from None


def _check_database(url: str) -> None:
    """Raises Invalid for an address that no driver of ours could connect to."""
    try:
        right = not url or (urlsplit(url).scheme == DATABASE_SCHEME and urlsplit(url).port != 0)
    except ValueError:
        right = False
    if not right:
        raise Invalid(say("database_address", scheme=DATABASE_SCHEME), field="SOC_DATABASE_URL")


def load(environment: dict[str, str] | None = None) -> Settings:
    """Settings from SOC_* variables; empty ones count as unset. Raises Invalid naming the variable."""
    given = dict(os.environ) if environment is None else environment
    values = {}
    for field in msgspec.structs.fields(Settings):
        text = given.get(f"SOC_{field.name.upper()}", "")
        if text != "":
            values[field.name] = _parse(f"SOC_{field.name.upper()}", text, field.type)
    settings = msgspec.convert(values, Settings)
    settings.kafka.check()  # what is wrong is said before anything starts
    _ = settings.smtp
    _check_database(settings.database_url)
    if settings.redis_url and urlsplit(settings.redis_url).scheme not in REDIS_SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in REDIS_SCHEMES)
        raise Invalid(say("begins_with", known=known), field="SOC_REDIS_URL")
    if settings.language.lower() not in ("", *LANGUAGES):
        raise Invalid(say("not_one_of", known=", ".join(LANGUAGES)), field="SOC_LANGUAGE")
    return settings
