"""A real Kafka as an organisation runs one: TLS, users with passwords, certificates of clients."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from infra.embedded.kafka import Kafka
from infra.embedded.ports import LOOPBACK, free_ports
from infra.kafka.admin import admin
from infra.kafka.cluster import Cluster
from infra.kafka.knock import reach
from schemas.errors import CenterError
from tests.certificates import certificate
from tests.servers import start
from tests.waiting import until

USER, PASSWORD = "soc-center", "p@ss, word: 1"
MODULE = "org.apache.kafka.common.security"
LISTENERS = {
    "USERS": "SASL_SSL",
    "PLAIN": "SASL_PLAINTEXT",
    "CLIENTS": "SSL",
    "STRANGER": "SASL_SSL",
    "BRIEF": "SASL_SSL",
}
"""Name → protocol: users behind TLS and without it, clients with certificates, a broker under another's name, and one
that makes who has signed in do so again."""
BRIEF_MS = 3000
PRINCIPALS = (f"User:{USER}", "User:CN=client")
RIGHTS = {
    ("TOPIC", "city.", "PREFIXED"): ("DESCRIBE", "CREATE", "READ", "WRITE"),
    ("TOPIC", "agency.", "PREFIXED"): ("DESCRIBE", "CREATE", "READ", "WRITE"),
    ("TOPIC", "center-", "PREFIXED"): ("DESCRIBE", "CREATE", "READ", "WRITE", "DESCRIBE_CONFIGS"),
    ("GROUP", "center-", "PREFIXED"): ("READ",),
    ("GROUP", "recorder-", "PREFIXED"): ("READ",),
    ("GROUP", "relay-", "PREFIXED"): ("READ",),
    ("GROUP", "ingest", "LITERAL"): ("READ",),
    ("GROUP", "telemetry", "LITERAL"): ("READ",),
    ("GROUP", "webhooks", "LITERAL"): ("READ",),
    ("TRANSACTIONAL_ID", "relay-", "PREFIXED"): ("DESCRIBE", "WRITE"),
    ("CLUSTER", "kafka-cluster", "LITERAL"): ("DESCRIBE",),
}
"""All that a center needs, as docs/operations.md says."""
OTHER_NAME = "kafka.example.org"


class Guarded(Kafka):
    """One broker with a listener for each way in; its own one, without any, is for who looks after it."""

    def __init__(self, directory: Path) -> None:
        """Nothing starts before `program()` is run; certificates are made at once."""
        port, controller, *others = free_ports(2 + len(LISTENERS))
        super().__init__(directory, port, controller)
        self.ports = dict(zip(LISTENERS, others, strict=True))
        self._controller = controller
        directory.mkdir(parents=True)
        self.authority, key = certificate(directory, LOOPBACK)
        self.other_authority, other_key = certificate(directory, OTHER_NAME)
        self.client, self.client_key = certificate(directory, "client")
        self._stores = {"USERS": (self.authority, key), "STRANGER": (self.other_authority, other_key)}
        self._stores["CLIENTS"] = self._stores["BRIEF"] = self._stores["USERS"]

    def prepare(self) -> None:
        """Formats as ever, then adds what guards it; of a property given twice the last one counts."""
        super().prepare()
        with (self.directory / "server.properties").open("a") as file:
            file.write("".join(f"{name}={value}\n" for name, value in self._properties_of_guard().items()))

    def have_user(self) -> None:
        """The user for both kinds of SCRAM; returns once the broker lets it in."""
        kinds = (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512)
        with admin(self.bootstrap) as client:
            for kind in kinds:
                wanted = [UserScramCredentialUpsertion(USER, kind, PASSWORD)]
                assert client.alter_user_scram_credentials(wanted) == {USER: None}
            assert not client.create_acls(list(_acls()))["failed"]
        until(self._lets_in, "the broker knows its user")

    def _lets_in(self) -> bool:
        try:
            reach(self.cluster())
        except CenterError:
            return False
        return True

    def cluster(self, listener: str = "USERS", **fields: str) -> Cluster:
        """How a client reaches a listener; `fields` are other ones than fit."""
        protocol = LISTENERS[listener]
        given = {"bootstrap": f"{LOOPBACK}:{self.ports[listener]}", "security_protocol": protocol}
        if protocol != "SASL_PLAINTEXT":
            given["ca_file"] = str(self.other_authority if listener == "STRANGER" else self.authority)
        if protocol == "SSL":
            given |= {"certificate_file": str(self.client), "key_file": str(self.client_key)}
        else:
            given |= {"user": USER, "password": PASSWORD}
        found = Cluster(**given | fields)
        found.check()
        return found

    def _properties_of_guard(self) -> dict[str, str]:
        protocols = {"PLAINTEXT": "PLAINTEXT", "CONTROLLER": "PLAINTEXT", **LISTENERS}
        outside = {"PLAINTEXT": self.port, **self.ports}
        addresses = [f"{name}://{LOOPBACK}:{port}" for name, port in outside.items()]
        found = {
            "listeners": ",".join([*addresses, f"CONTROLLER://{LOOPBACK}:{self._controller}"]),
            "advertised.listeners": ",".join(addresses),
            "listener.security.protocol.map": ",".join(f"{name}:{value}" for name, value in protocols.items()),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }
        for name, protocol in LISTENERS.items():
            prefix = f"listener.name.{name.lower()}."
            found |= {prefix + key: value for key, value in self._guard(name, protocol).items()}
        return found

    def _guard(self, name: str, protocol: str) -> dict[str, str]:
        found = {}
        if protocol.startswith("SASL"):
            found["sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"
            found["plain.sasl.jaas.config"] = f'{MODULE}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
            for kind in ("256", "512"):
                found[f"scram-sha-{kind}.sasl.jaas.config"] = f"{MODULE}.scram.ScramLoginModule required;"
        if name in self._stores:
            found |= {"ssl.keystore.type": "PEM", "ssl.keystore.location": str(self._store(name))}
        if name == "BRIEF":
            found["connections.max.reauth.ms"] = str(BRIEF_MS)
        if protocol == "SSL":
            found |= {"ssl.client.auth": "required", "ssl.truststore.type": "PEM"}
            found["ssl.truststore.location"] = str(self.client)
        return found

    def _store(self, name: str) -> Path:
        """Key and certificate in one file, as Kafka takes them."""
        shown, key = self._stores[name]
        path = self.directory / f"{name}.keystore.pem"
        path.write_text(key.read_text() + shown.read_text())
        return path


def _acls() -> Iterator[ACL]:
    for (kind, name, pattern), operations in RIGHTS.items():
        resource = ResourcePattern(ResourceType[kind], name, ACLResourcePatternType[pattern])
        for principal in PRINCIPALS:
            for operation in operations:
                yield ACL(principal, "*", ACLOperation[operation], ACLPermissionType.ALLOW, resource)


def start_guarded(directory: Path, stack: ExitStack) -> Guarded:
    """A guarded broker with its user; ends with the stack."""
    kafka = Guarded(directory / "guarded")
    start(kafka, directory, stack)
    kafka.have_user()
    return kafka
