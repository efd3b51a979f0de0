"""Edges of a city folder are refused whole, every fault with its file and field."""

from pathlib import Path

import pytest

from infra.cities.folder import CityErrors, read_city
from schemas.edges import address

CITY = 'id = "c"\nname = "C"\nname_vi = "C"\ntime_zone = "Asia/Ho_Chi_Minh"\n'
NAMES = 'id = "e"\nname = "E"\nname_vi = "E"\n'
MQTT = NAMES + '[mqtt]\nhost = "h"\nusername = "soc"\npassword = "SOC_EDGE_E"\n[[mqtt.topics]]\ntopic = "a/{sensor}"\n'
LAYOUT = """
[{kind}.layout]
name = '(?P<station>.+)\\.txt'
columns = ["parameter", "value", "time", "state"]
time_format = "%Y"
parameters = {{ COD = "cod_mgl" }}
states = {{ "00" = "measuring" }}
"""
FILES = NAMES + '[files]\nfolder = "/drop"\n' + LAYOUT.format(kind="files")
SFTP = NAMES + '[sftp]\nhost = "h"\nusername = "u"\npassword = "P"\nhost_key = "ssh-ed25519 AAAA"\nfolder = "/out"\n'
SFTP += LAYOUT.format(kind="sftp")
TIME = 'time_format = "%Y"'
NGSI = NAMES + '[ngsi_ld.entities.Air]\nattributes = { pm25 = "pm25_ugm3" }\n'
TRANSIT = (
    NAMES + '[gtfs_realtime]\nurl = "https://h/f"\n[gtfs_realtime.service]\nkinds = { ACCIDENT = "traffic.crash" }\n'
)


MODBUS = NAMES + '[modbus]\nhost = "h"\n[[modbus.registers]]\naddress = 1\nsensor = "s"\nquantity = "stage_m"\n'
OPCUA = NAMES + '[opcua]\nurl = "opc.tcp://h/"\n[[opcua.nodes]]\nnode = "i=1"\nsensor = "s"\nquantity = "stage_m"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "edges").mkdir()
    (tmp_path / "city.toml").write_text(CITY)
    (tmp_path / "assets.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    (tmp_path / "relations.csv").write_text("from,relation,to\n")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "kind", "where"),
    [
        (MQTT, "mqtt", "mqtts://h:8883"),
        (FILES, "files", "/drop"),
        (SFTP, "sftp", "sftp://u@h:22/out"),
        (NGSI, "ngsi_ld", "POST /v1/hooks/e"),
        (TRANSIT, "gtfs_realtime", "https://h/f"),
        (MODBUS, "modbus", "modbus://h:502"),
        (OPCUA, "opcua", "opc.tcp://h/"),
    ],
)
def test_an_edge_of_each_kind_is_read(folder: Path, text: str, kind: str, where: str) -> None:
    (folder / "edges/e.toml").write_text(text)
    edge = read_city(folder).edges["e"]
    assert (edge.kind, address(edge), edge.source) == (kind, where, "/edges/e")


@pytest.mark.parametrize(
    ("text", "old", "new", "fault"),
    [
        (MQTT, 'host = "h"', "", "mqtt: host: is required"),
        (MQTT, 'host = "h"', 'hots = "h"\nhost = "h"', "mqtt: hots: is not a field that is known here"),
        (MQTT, "SOC_EDGE_E", "my secret", "mqtt.password: is the name of a secret"),
        (MQTT, "a/{sensor}", "a/x{sensor}", "mqtt.topics.0.topic: the level"),
        (
            MQTT,
            'topic = "a/{sensor}"',
            'topic = "a/{gateway}"\nformat = "number"',
            "topics.0.sensor: {sensor} is none",
        ),
        (MQTT, 'topic = "a/{sensor}"', 'topic = "a"\nformat = "json"\nsensor = "s"', "topics.0.quantities: is empty"),
        (MQTT, 'topic = "a/{sensor}"', 'topic = "a"\nquantities = { a = "b" }', '"b" is a quantity of no domain'),
        (
            MQTT,
            'topic = "a/{sensor}"',
            'topic = "a"\nunits = { a = "furlong" }',
            "units.a: 'furlong' is not a SenML unit",
        ),
        (MQTT, 'topic = "a/{sensor}"', 'topic = "{sensor}"\nformat = "number"\nquantity = "b"', "topics.0.quantity"),
        (MQTT, "[[mqtt.topics]]\n" + 'topic = "a/{sensor}"', "topics = []\nwindow = 0", "mqtt.window: is not from 1"),
        (MQTT, "[[mqtt.topics]]\n" + 'topic = "a/{sensor}"', "topics = []", "mqtt.topics: is empty"),
        (MQTT, "[mqtt]", "[ngsi_ld]\nentities = {}\n[mqtt]", "has mqtt and ngsi_ld of"),
        (NAMES, "", "", "has none of mqtt"),
        (MODBUS, "stage_m", "x", 'modbus.registers.0.quantity: "x" is a quantity of no domain'),
        (MODBUS, "[modbus]", "[modbus]\npoll_s = 0", "modbus.poll_s: is not above 0"),
        (OPCUA, 'sensor = "s"', 'sensor = "s"\nunit = "x"', "opcua.nodes.0.unit.s: 'x' is not a SenML unit"),
        (OPCUA, "opc.tcp", "http", "opcua.url: is not an opc.tcp address"),
        (OPCUA[: OPCUA.index("[[")] + "nodes = []", "", "", "opcua.nodes: is empty"),
        (NAMES, 'id = "e"', 'id = "E_1"', 'id: is "E_1", but the file is named e.toml'),
        (FILES, "(?P<station>.+)", "(?P<station", "files.layout.name: is no regular expression"),
        (FILES, '"time", ', "", "files.layout.columns: there is no time"),
        (FILES, '"value", ', "", "files.layout.columns: there is no value"),
        (FILES, '"time"', '"time", "colour"', '"colour" is not one of'),
        (FILES, '"measuring"', '"resting"', 'files.layout.states.00: "resting" is not one of'),
        (FILES, 'states = { "00" = "measuring" }', "", "files.layout.states: is empty"),
        (FILES, TIME, TIME + '\ntime_zone = "Asia/X"', "files.layout.time_zone"),
        (FILES, TIME, TIME + '\nencoding = "windows-vn"', 'layout.encoding: "windows-vn" is no encoding'),
        (FILES, TIME, TIME + '\nencoding = "base64"', 'layout.encoding: "base64" is no encoding'),
        (FILES, TIME, TIME + '\nseparator = ""', "layout.separator: is empty"),
        (SFTP, TIME, TIME + "\nskip_lines = -1", "sftp.layout.skip_lines: is below 0"),
        (FILES, 'folder = "/drop"', 'folder = "/drop"\npoll_s = 0', "files.poll_s: is not above 0"),
        (SFTP, 'password = "P"', "", "sftp.password: or key is needed"),
        (SFTP, "ssh-ed25519 AAAA", "AAAA", "sftp.host_key: is not the type"),
        (NGSI, "[ngsi_ld.entities.Air]", '[ngsi_ld.entities.Air]\nid = "("', "ngsi_ld.entities.Air.id: is no regular"),
        (NGSI, "[ngsi_ld.entities.Air]", '[ngsi_ld.entities.Air]\nsensor = "{x}"', "ngsi_ld.entities.Air.sensor: {x}"),
        (TRANSIT, "https://h/f", "ftp://h/f", "gtfs_realtime.url: is not an http"),
        (TRANSIT, "https://h/f", 'https://h/f"\npoll_s = 0\nheaders = { a = "b" }\nx = "', "x: is not a field"),
        (TRANSIT, '"https://h/f"', '"https://h/f"\npoll_s = 0', "gtfs_realtime.poll_s: is not above 0"),
        (TRANSIT, '"https://h/f"', '"https://h/f"\nheaders = { A = "b" }', "gtfs_realtime.headers.A: is the name"),
        (TRANSIT, '[gtfs_realtime.service]\nkinds = { ACCIDENT = "traffic.crash" }', "", "gtfs_realtime.vehicles: or"),
        (TRANSIT, "ACCIDENT", "accident", '"accident" is no cause or effect'),
        (TRANSIT, "traffic.crash", "traffic.fun", '"traffic.fun" is a signal kind of no domain'),
        (
            TRANSIT,
            "[gtfs_realtime.service]",
            '[gtfs_realtime.service]\nseverities = { INFO = "bad" }',
            "severities.INFO",
        ),
        (
            TRANSIT,
            "[gtfs_realtime.service]",
            '[gtfs_realtime.vehicles]\nspeed = "x"\n[gtfs_realtime.service]',
            "vehicles.speed",
        ),
    ],
)
def test_a_fault_names_file_and_field(folder: Path, text: str, old: str, new: str, fault: str) -> None:
    (folder / "edges/e.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(CityErrors) as refused:
        read_city(folder)
    found = [str(problem) for problem in refused.value.problems]
    assert any(each.startswith("edges/e.toml: ") and fault in each for each in found), found
