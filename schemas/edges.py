"""Edges: how feeds come in besides HTTP and the inbox; one file `edges/<id>.toml` of a city folder each."""

from typing import Literal

import msgspec


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of an edge's file. Secrets stand in it by name only: `password = "SOC_EDGE_GATEWAY_PASSWORD"`."""


class Topic(Setting, frozen=True, kw_only=True):
    """One subscription; the names in braces of `topic` may be used in `sensor` and `quantity`."""

    topic: str
    """`city/{zone}/{sensor}/{quantity}`: each level in braces is one level of any text; a last `#` is the rest."""
    format: Literal["senml", "cloudevents", "json", "number"] = "senml"
    sensor: str = "{sensor}"
    quantity: str = "{quantity}"
    """`number` only."""
    quantities: dict[str, str] = {}
    """`json` only: dotted field → quantity."""
    units: dict[str, str] = {}
    """Dotted field, or `""` of `number` → SenML unit; without one the quantity's own unit is meant."""
    time: str = ""
    """`json` only: dotted field; without one the time of receipt is taken."""
    time_format: Literal["rfc3339", "unix_s", "unix_ms"] = "rfc3339"


class Mqtt(Setting, frozen=True, kw_only=True):
    """A broker to subscribe at, with QoS 1 and a session that outlives us."""

    host: str
    port: int = 8883
    tls: bool = True
    ca_file: str = ""
    """PEM of who signed the broker's certificate; empty: whom the system trusts."""
    username: str = ""
    password: str = ""
    """Name of the secret."""
    client_id: str = ""
    """Empty: `soc-<edge id>`."""
    version: Literal["5", "3.1.1"] = "5"
    window: int = 1000
    """Messages that the broker may send before we have acknowledged: the back-pressure."""
    session_s: int = 259_200
    """How long the broker keeps for us what we have not taken, seconds."""
    topics: tuple[Topic, ...]


class Layout(Setting, frozen=True, kw_only=True):
    """How a text file of an automatic station is written. No format ships: what a station sends is data."""

    name: str
    """A regular expression for the whole file name; its named groups may be used in `sensor`."""
    columns: tuple[str, ...]
    """What stands in each column: `parameter`, `value`, `unit`, `time`, `state`, `sensor`, or `` to ignore it."""
    separator: str = "\t"
    skip_lines: int = 0
    encoding: str = "utf-8"
    decimal: Literal[".", ","] = "."
    time_format: str
    """As strptime has it, of the column `time`, or else of the group `time` of the name."""
    time_zone: str = "Asia/Ho_Chi_Minh"
    sensor: str = "{station}"
    parameters: dict[str, str]
    """Parameter as the station names it → quantity."""
    units: dict[str, str] = {}
    """Unit as the station writes it → SenML unit."""
    states: dict[str, str] = {}
    """Code of the column `state` → `measuring`, `calibrating` or `fault`."""


class Files(Setting, frozen=True, kw_only=True):
    """A folder of this machine that files are dropped into."""

    folder: str
    pattern: str = "*.txt"
    settle_s: float = 3.0
    """A file is complete when its size and time have not changed for so long."""
    poll_s: float = 1.0
    after: Literal["move", "delete"] = "move"
    """Once Kafka has it: into the subfolder `done` (`refused` when nothing of it could be taken), or away (`refused`
    when any part of it could not be taken)."""
    largest: int = 20_000_000
    """Bytes; a larger file is refused."""
    layout: Layout


class Sftp(Files, frozen=True, kw_only=True):
    """A folder of another machine, read over SFTP."""

    host: str
    port: int = 22
    username: str
    password: str = ""
    """Name of the secret; either this or `key`."""
    key: str = ""
    """Name of the secret that holds the private key."""
    host_key: str
    """The server's public key as in known_hosts, without the host: `ssh-ed25519 AAAA…`."""
    poll_s: float = 30.0


class Entity(Setting, frozen=True, kw_only=True):
    """How entities of one NGSI-LD type become readings."""

    sensor: str = "{id}"
    """Braces: `id`, the named groups of `id`, and `attribute`."""
    id: str = "(?P<id>.+)"
    """A regular expression for the whole id."""
    attributes: dict[str, str]
    """Attribute → quantity."""
    units: dict[str, str] = {}
    """Attribute → SenML unit, where the context broker sends no `unitCode`."""
    time: str = "dateObserved"
    """The attribute with the time of what has no `observedAt`; without either, when we were notified."""


class NgsiLd(Setting, frozen=True, kw_only=True):
    """Notifications of an NGSI-LD context broker, posted to `/v1/hooks/<edge id>` with an API key."""

    entities: dict[str, Entity]
    """By entity type, as the notification has it: short or a whole address."""


class Vehicles(Setting, frozen=True, kw_only=True):
    """Vehicle positions as readings; braces: `vehicle`, `route`, `trip`, `stop`."""

    sensor: str = "{vehicle}"
    speed: str = "speed_kmh"
    """The quantity that the speed is a reading of."""


class Service(Setting, frozen=True, kw_only=True):
    """Service notices as signals: raised when one appears, cleared when it is gone or over."""

    asset: str = "route-{route}"
    """Braces: `route`, `stop`, `agency`, `trip` of the first entity it is about."""
    kinds: dict[str, str]
    """Cause or effect, e.g. `ACCIDENT`, `NO_SERVICE` → signal kind; the effect is looked at first."""
    severities: dict[str, str] = msgspec.field(default_factory=lambda: {"SEVERE": "major"})
    """severity_level → severity; others are `minor`."""


class GtfsRealtime(Setting, frozen=True, kw_only=True):
    """A GTFS-Realtime feed, asked for again and again."""

    url: str
    headers: dict[str, str] = {}
    """Header → name of the secret that is its value."""
    poll_s: float = 30.0
    vehicles: Vehicles | None = None
    service: Service | None = None


class Register(Setting, frozen=True, kw_only=True):
    """One number of a controller: value = raw × scale + shift."""

    address: int
    """From 0, as it goes over the wire: 40001 in the manual is 0 of `holding`."""
    table: Literal["holding", "input"] = "holding"
    type: Literal["int16", "uint16", "int32", "uint32", "float32", "float64"] = "uint16"
    words: Literal["big", "little"] = "big"
    """Which word of a longer number comes first."""
    scale: float = 1.0
    shift: float = 0.0
    sensor: str
    quantity: str
    unit: str = ""
    """SenML unit of the value; empty: the quantity's own."""


class Modbus(Setting, frozen=True, kw_only=True):
    """A controller or data logger, asked over Modbus TCP; needs the extra `modbus`."""

    host: str
    port: int = 502
    device: int = 1
    poll_s: float = 10.0
    registers: tuple[Register, ...]


class Node(Setting, frozen=True, kw_only=True):
    """One value of an OPC UA server; its time is the server's source timestamp."""

    node: str
    """`ns=2;s=Line1.Voltage`."""
    sensor: str
    quantity: str
    unit: str = ""
    """SenML unit of the value; empty: the quantity's own."""


class OpcUa(Setting, frozen=True, kw_only=True):
    """An OPC UA server, asked for values; needs the extra `opcua`."""

    url: str
    """`opc.tcp://host:4840/`."""
    username: str = ""
    password: str = ""
    """Name of the secret."""
    security: str = ""
    """`Basic256Sha256,SignAndEncrypt,<certificate file>,<key file>`; empty: none."""
    poll_s: float = 10.0
    nodes: tuple[Node, ...]


class Edge(Setting, frozen=True, kw_only=True):
    """One edge; exactly one of `mqtt` to `opcua` says of what kind."""

    id: str
    name: str
    name_vi: str
    enabled: bool = True
    mqtt: Mqtt | None = None
    files: Files | None = None
    sftp: Sftp | None = None
    ngsi_ld: NgsiLd | None = None
    gtfs_realtime: GtfsRealtime | None = None
    modbus: Modbus | None = None
    opcua: OpcUa | None = None

    @property
    def kind(self) -> str:
        """`mqtt`, `files` … ; empty if it is of none."""
        return next((name for name in KINDS if getattr(self, name) is not None), "")

    @property
    def source(self) -> str:
        """The `source` of its CloudEvents."""
        return f"/edges/{self.id}"


KINDS = ("mqtt", "files", "sftp", "ngsi_ld", "gtfs_realtime", "modbus", "opcua")
HOOKS = "/v1/hooks/"


def address(edge: Edge, url: str = "") -> str:
    """Where it listens or what it asks, for people; never a secret. `url` of the center is put before a hook."""
    if edge.mqtt is not None:
        return f"{'mqtts' if edge.mqtt.tls else 'mqtt'}://{edge.mqtt.host}:{edge.mqtt.port}"
    if edge.sftp is not None:
        return f"sftp://{edge.sftp.username}@{edge.sftp.host}:{edge.sftp.port}/{edge.sftp.folder.lstrip('/')}"
    if edge.files is not None:
        return edge.files.folder
    if edge.modbus is not None:
        return f"modbus://{edge.modbus.host}:{edge.modbus.port}"
    asked = edge.gtfs_realtime or edge.opcua
    if asked is not None:
        return asked.url
    return f"POST {url}{HOOKS}{edge.id}"
