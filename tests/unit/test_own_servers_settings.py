"""Settings of servers of one's own: what does not fit is named with the way out, before anything is connected."""

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from infra.embedded.awaited import address_of
from infra.kafka.cluster import PROTOCOLS, Cluster
from infra.settings import Settings, load
from schemas.errors import Invalid
from tests.certificates import certificate

AT = {"SOC_KAFKA_BOOTSTRAP": "kafka-1.example:9093,kafka-2.example:9093"}
SIGNED_IN = AT | {"SOC_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "SOC_KAFKA_USER": "soc", "SOC_KAFKA_PASSWORD": "secret"}
WITH_TLS = AT | {"SOC_KAFKA_SECURITY_PROTOCOL": "SSL"}


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        (AT | {"SOC_KAFKA_SECURITY_PROTOCOL": "TLS"}, "SECURITY_PROTOCOL", "none of PLAINTEXT, SSL, SASL_PLAINTEXT"),
        ({"SOC_KAFKA_SECURITY_PROTOCOL": "SSL"}, "BOOTSTRAP", "must be set"),
        (AT | {"SOC_KAFKA_CA_FILE": "ca.pem"}, "CA_FILE", "needs SOC_KAFKA_SECURITY_PROTOCOL SSL or SASL_SSL"),
        (AT | {"SOC_KAFKA_USER": "soc"}, "USER", "needs SOC_KAFKA_SECURITY_PROTOCOL SASL_SSL"),
        (WITH_TLS | {"SOC_KAFKA_PASSWORD_FILE": "p"}, "PASSWORD_FILE", "it is SSL"),
        (WITH_TLS | {"SOC_KAFKA_KEY_FILE": "key.pem"}, "KEY_FILE", "needs SOC_KAFKA_CERTIFICATE_FILE"),
        (SIGNED_IN | {"SOC_KAFKA_SASL_MECHANISM": "GSSAPI"}, "SASL_MECHANISM", "none of PLAIN, SCRAM-SHA-256"),
        (SIGNED_IN | {"SOC_KAFKA_USER": ""}, "USER", "must be set"),
        (SIGNED_IN | {"SOC_KAFKA_PASSWORD": ""}, "PASSWORD", "or name a file with it in SOC_KAFKA_PASSWORD_FILE"),
        (SIGNED_IN | {"SOC_KAFKA_PASSWORD_FILE": "p"}, "PASSWORD_FILE", "leave one out"),
        ({"SOC_KAFKA_BOOTSTRAP": "kafka:port"}, "BOOTSTRAP", "no host:port"),
        ({"SOC_KAFKA_BOOTSTRAP": "kafka:9092,"}, "BOOTSTRAP", "'' is no host:port"),
        ({"SOC_KAFKA_BOOTSTRAP": "kafka://broker:9092"}, "BOOTSTRAP", "no host:port"),
    ],
)
def test_what_does_not_fit_is_named_with_the_way_out(given: dict[str, str], field: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as caught:
        load(given)
    assert caught.value.field == f"SOC_KAFKA_{field}"


@pytest.mark.parametrize(
    ("name", "url", "said"),
    [
        ("DATABASE_URL", "postgresql://x/soc", r"must be an address like postgresql\+psycopg://"),
        ("REDIS_URL", "http://cache:6379", "must begin with redis://, rediss://, unix://"),
    ],
)
def test_an_address_of_another_kind_of_server_is_named(name: str, url: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as caught:
        load({f"SOC_{name}": url})
    assert caught.value.field == f"SOC_{name}"


@pytest.mark.parametrize("address", ["kafka", "kafka:9092", "10.0.0.5:9092, 10.0.0.6:9092", "[::1]:9092"])
def test_addresses_are_taken_as_clients_take_them(address: str) -> None:
    assert load({"SOC_KAFKA_BOOTSTRAP": address}).kafka.bootstrap == address


def test_the_embedded_kafka_and_a_bare_one_ask_for_nothing() -> None:
    assert load({}).kafka == Settings().kafka
    plain = load(AT).kafka
    assert plain.options() == {"bootstrap_servers": AT["SOC_KAFKA_BOOTSTRAP"], "security_protocol": "PLAINTEXT"}


def test_each_protocol_brings_what_it_needs_and_nothing_else() -> None:
    brought = {
        protocol: set(Cluster(bootstrap="k:1", security_protocol=protocol, user="soc", password="secret").options())
        for protocol in PROTOCOLS
    }
    tls, user = {"ssl_context"}, {"sasl_mechanism", "sasl_plain_username", "sasl_plain_password"}
    always = {"bootstrap_servers", "security_protocol"}
    wanted = {"PLAINTEXT": set(), "SSL": tls, "SASL_PLAINTEXT": user, "SASL_SSL": tls | user}
    assert brought == {protocol: always | own for protocol, own in wanted.items()}


def test_only_a_user_without_tls_is_in_the_clear() -> None:
    for protocol in PROTOCOLS:
        assert Cluster(bootstrap="k:1", security_protocol=protocol).in_the_clear == (protocol == "SASL_PLAINTEXT")


def test_names_of_hosts_are_always_checked(tmp_path: Path) -> None:
    authority, key = certificate(tmp_path, "kafka.example")
    for ca_file in ("", str(authority)):
        shows = {"certificate_file": str(authority), "key_file": str(key)}
        context = Cluster(bootstrap="k:1", security_protocol="SSL", ca_file=ca_file, **shows).options()["ssl_context"]
        assert context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED


def test_a_certificate_may_have_its_key_in_the_same_file(tmp_path: Path) -> None:
    shown, key = certificate(tmp_path, "center")
    both = tmp_path / "both.pem"
    both.write_text(key.read_text() + shown.read_text())
    assert Cluster(bootstrap="k:1", security_protocol="SSL", certificate_file=str(both)).options()["ssl_context"]


def test_a_password_file_is_read_anew_by_each_client_without_the_end_of_its_line(tmp_path: Path) -> None:
    path = tmp_path / "password"
    found = Cluster(bootstrap="k:1", security_protocol="SASL_SSL", user="soc", password_file=str(path))
    for password in ("first ", "mật khẩu"):
        path.write_text(f"{password}\n")
        assert found.options()["sasl_plain_password"] == password


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Certificates, and what is none."""
    _, key = certificate(tmp_path, "center")
    certificate(tmp_path, "other")
    read = load_pem_private_key(key.read_bytes(), None)
    encrypted = read.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    (tmp_path / "encrypted.key").write_bytes(encrypted)
    (tmp_path / "text").write_text("no certificate\n")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"ca_file": "absent"}, "CA_FILE", "absent cannot be read: No such file"),
        ({"ca_file": "."}, "CA_FILE", "cannot be read: Is a directory"),
        ({"ca_file": "text"}, "CA_FILE", "has no certificate in PEM form"),
        ({"certificate_file": "absent", "key_file": "center.key"}, "CERTIFICATE_FILE", "cannot be read"),
        ({"certificate_file": "center.pem", "key_file": "absent"}, "KEY_FILE", "cannot be read"),
        ({"certificate_file": "center.pem", "key_file": "other.key"}, "KEY_FILE", "is not the key of the certificate"),
        ({"certificate_file": "center.pem", "key_file": "encrypted.key"}, "KEY_FILE", "openssl pkey"),
        ({"certificate_file": "center.pem", "key_file": "text"}, "KEY_FILE", "no certificate and key in PEM form"),
        ({"certificate_file": "center.pem"}, "CERTIFICATE_FILE", "no certificate and key in PEM form"),
        ({"password_file": "absent"}, "PASSWORD_FILE", "cannot be read"),
        ({"password_file": "empty"}, "PASSWORD_FILE", "is empty"),
        ({"password_file": "binary"}, "PASSWORD_FILE", "UTF-8"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_named(
    files: Path, given: dict[str, str], field: str, said: str
) -> None:
    paths = {name: str(files / path) for name, path in given.items()}
    protocol = "SASL_SSL" if "password_file" in given else "SSL"
    with pytest.raises(Invalid, match=said) as caught:
        Cluster(bootstrap="k:1", security_protocol=protocol, user="soc", **paths).options()
    assert caught.value.field == f"SOC_KAFKA_{field}"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://soc:secret@db.example/soc?sslmode=require", "db.example:5432"),
        ("postgresql+psycopg://soc:secret@/soc?host=db-1:5432&host=db-2:5432", "db-1:5432, db-2:5432"),
        ("postgresql+psycopg://soc@[::1]:5433/soc", "::1:5433"),
        ("unix:///run/valkey.sock", "/run/valkey.sock"),
    ],
)
def test_an_address_is_told_without_its_password(url: str, said: str) -> None:
    assert address_of(url, 5432) == said
