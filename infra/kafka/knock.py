"""Asks a Kafka whether it lets us in, and says in words why it does not: its clients only say that they failed."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from aiokafka.conn import AIOKafkaConnection, CloseReason, collect_hosts, create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from infra.kafka.cluster import Cluster, setting
from schemas.errors import CenterError, Invalid, Unavailable
from schemas.sentences import say

PATIENCE_S = 10.0
"""For each address of the bootstrap: a busy broker's first TLS takes seconds."""
OTHER_NAME = (62, 64)
"""OpenSSL's verify codes for a certificate of another host name and of another address."""


async def knock(cluster: Cluster) -> None:
    """Returns once a broker has let us in, as it would any client.

    Raises Invalid if a setting is refused, which only a person can mend, and Unavailable if nobody answers.
    """
    options = cluster.options()
    options.pop("bootstrap_servers")
    found: list[CenterError] = []
    for host, port, _ in collect_hosts(cluster.bootstrap, randomize=False):
        try:
            async with asyncio.timeout(PATIENCE_S):
                await _enter(await create_conn(host, port, request_timeout_ms=int(PATIENCE_S * 1000), **options))
            return
        except (OSError, KafkaError, ValueError, TimeoutError) as error:
            found.append(_said(cluster, f"{host}:{port}", error))
    raise next((one for one in found if isinstance(one, Invalid)), found[0])


def reach(cluster: Cluster) -> None:
    """`knock` for who has no event loop, or must not wait in it."""
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, knock(cluster)).result()


@asynccontextmanager
async def explained(cluster: Cluster) -> AsyncIterator[None]:
    """Of a client that cannot begin inside: KafkaConnectionError has the reason, or Invalid names the wrong setting."""
    try:
        yield
    except KafkaConnectionError as error:
        try:
            await knock(cluster)
        except Unavailable as reason:
            raise KafkaConnectionError(reason.detail) from error
        raise


async def _enter(connection: AIOKafkaConnection) -> None:
    """Asks something that only who has signed in is answered."""
    try:
        await connection.send(MetadataRequest([]))
    finally:
        connection.close(reason=CloseReason.SHUTDOWN)


def _said(cluster: Cluster, where: str, error: Exception) -> CenterError:
    """What an error of a connection says: about a setting, or that the broker is not there."""
    cause = error.__cause__ if isinstance(error, KafkaConnectionError) else error
    if isinstance(cause, ssl.SSLError):
        return _of_tls(where, cause)
    if isinstance(error, SaslAuthenticationFailed | UnsupportedSaslMechanismError | IllegalSaslStateError):
        return _of_user(cluster, where, error)
    if isinstance(error, ValueError):
        return Invalid(say("kafka_unproven", where=where, reason=error), field=setting("bootstrap"))
    if isinstance(error, TimeoutError):
        return Unavailable(say("kafka_silent", where=where, reason=say("silent_for", seconds=PATIENCE_S)))
    if isinstance(error, KafkaError | ConnectionResetError | BrokenPipeError):
        return Unavailable(say("kafka_hangs_up_tls" if cluster.has_tls else "kafka_hangs_up", where=where))
    return Unavailable(say("kafka_silent", where=where, reason=_of_system(error)))


def _of_system(error: Exception) -> str:
    """As the system puts it, without what asyncio adds."""
    number = getattr(error, "errno", None) or 0
    return os.strerror(number) if number > 0 else getattr(error, "strerror", None) or str(error)


def _of_user(cluster: Cluster, where: str, error: KafkaError) -> Invalid:
    if isinstance(error, UnsupportedSaslMechanismError):
        said = say("kafka_not_offered", where=where, mechanism=cluster.sasl_mechanism)
        return Invalid(said, field=setting("sasl_mechanism"))
    if isinstance(error, IllegalSaslStateError):
        return Invalid(say("kafka_no_users", where=where), field=setting("security_protocol"))
    field = setting("password_file" if cluster.password_file else "password")
    said = say("kafka_refuses_user", where=where, user=cluster.user, mechanism=cluster.sasl_mechanism)
    return Invalid(said, field=field)


def _of_tls(where: str, error: ssl.SSLError) -> CenterError:
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in OTHER_NAME:
            said = say("certificate_other_name", where=where, reason=error.verify_message.rstrip("."))
            return Invalid(said, field=setting("bootstrap"))
        said = say("certificate_untrusted", where=where, reason=error.verify_message)
        return Invalid(said, field=setting("ca_file"))
    if "ALERT" in (error.reason or ""):
        said = say("certificate_refused", where=where, reason=error.reason)
        return Invalid(said, field=setting("certificate_file"))
    if error.reason == "WRONG_VERSION_NUMBER":
        return Invalid(say("kafka_no_tls", where=where), field=setting("security_protocol"))
    return Unavailable(say("kafka_ends_tls", where=where))
