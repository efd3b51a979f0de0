"""A city folder is taken whole or refused with every fault named: file, place, field, reason."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.cities.folder import CityErrors, city_layer, layered, read_city, shipped

CITY = 'id = "c"\nname = "C"\nname_vi = "C"\ntime_zone = "Asia/Ho_Chi_Minh"\n'
DOMAIN = """
id = "flood"
name = "Flood"
name_vi = "Ngập"
description = "d"
description_vi = "d"
[quantities]
level_m = { unit = "m", name = "Level", name_vi = "Mực nước", min = 0, max = 5 }
[[conditions]]
id = "flood.high"
kind = "flood.high"
severity = "major"
quantity = "level_m"
name = "High"
name_vi = "Cao"
above = 1.0
[kinds]
"flood.high" = { name = "High", name_vi = "Cao" }
"""
RULE = """
id = "r"
title = "t"
title_vi = "t"
runbook = "r"
runbook_vi = "r"
[cause]
causes = ["power.outage"]
effects = ["sensor.silent"]
same_asset = true
"""

LIMIT = """
[[limits]]
key = "k"
value = 1
unit = "m"
valid_from = 2026-01-01
valid_to = 2025-01-01
legal_ref = "x"
"""
PERMIT = """
[[limits]]
key = "effluent.cod"
asset = "f1"
value = 50
unit = "mg/l"
valid_from = 2026-01-01
legal_ref = "permit"
"""


def feature(name: str, kind: str, **properties: Any) -> dict[str, Any]:
    geometry = properties.pop("geometry", {"type": "Point", "coordinates": [106.6, 11.0]})
    own = {"kind": kind, "name": name, **properties}
    return {"type": "Feature", "id": name, "properties": own, "geometry": geometry}


class Folder:
    """A valid folder that a case spoils."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.features = [
            feature("f1", "feeder", zone="z1"),
            feature("f2", "feeder", zone="z1"),
            feature("s1", "sensor", zone="z1", observes=["voltage_v"], measures="f1"),
            feature("z1", "zone"),
            feature("z2", "zone"),
        ]
        self.relations = ["f1,feeds,f2"]
        self.files = {"city.toml": CITY}

    def write(self) -> Path:
        collection = {"type": "FeatureCollection", "features": self.features}
        files = {
            "assets.geojson": json.dumps(collection),
            "relations.csv": "\n".join(["from,relation,to", *self.relations, ""]),
            **self.files,
        }
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return self.root

    def faults(self) -> list[str]:
        with pytest.raises(CityErrors) as caught:
            read_city(self.write())
        return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_valid_folder_gives_assets_with_the_relations_that_properties_stand_for(folder: Folder) -> None:
    city = read_city(folder.write())
    assert {"f1 feeds f2", "s1 measures f1", "f1 located_in z1"} <= city.relations.keys()
    assert city.assets["f1"].position == (106.6, 11.0)


def test_a_property_that_is_null_is_as_if_it_were_not_there(folder: Folder) -> None:
    before = read_city(folder.write()).assets["f1"]
    folder.features[0]["properties"] |= dict.fromkeys(("name_vi", "observes", "measures", "approximate", "region"))
    folder.features[2]["properties"] |= {"agency": None, "note": None}
    city = read_city(folder.write())
    assert city.assets["f1"] == before and city.assets["s1"].properties == {"note": None}


def test_a_relation_may_say_what_a_property_leaves_out(folder: Folder) -> None:
    del folder.features[2]["properties"]["measures"]
    folder.relations.append("s1,measures,f2")
    assert read_city(folder.write()).assets["s1"].measures == "f2"


def test_the_same_content_has_the_same_hash_and_other_content_another(folder: Folder) -> None:
    before = read_city(folder.write()).content_hash
    assert read_city(folder.root).content_hash == before
    folder.relations.append("f1,feeds,s1")
    assert read_city(folder.write()).content_hash != before


Spoil = Callable[[Folder], object]


def spoil_property(index: int, name: str, value: object) -> Spoil:
    return lambda folder: folder.features[index]["properties"].__setitem__(name, value)


def spoil_file(name: str, text: str) -> Spoil:
    return lambda folder: folder.files.__setitem__(name, text)


def spoil_relation(line: str) -> Spoil:
    return lambda folder: folder.relations.append(line)


def spoil_geometry(kind: str, coordinates: object) -> Spoil:
    return lambda folder: folder.features[0].__setitem__("geometry", {"type": kind, "coordinates": coordinates})


CASES: dict[str, tuple[Spoil, str]] = {
    "dangling relation": (
        spoil_relation("f1,feeds,ghost"),
        'relations.csv: line 3: to: "ghost" is no asset of this city',
    ),
    "cycle": (spoil_relation("f2,feeds,f1"), "relations.csv: line 3: feeds: a cycle: f1 → f2 → f1"),
    "self": (spoil_relation("f1,feeds,f1"), "relations.csv: line 3: feeds: a cycle: f1 → f1"),
    "columns": (spoil_relation("f1,feeds"), "relations.csv: line 3: has 2 columns, not 3"),
    "empty cell": (spoil_relation("f1,,f2"), "relations.csv: line 3: relation: is empty"),
    "twice": (spoil_relation("f1,feeds,f2"), "relations.csv: line 3: is there twice, first in line 2"),
    "header": (spoil_file("relations.csv", "a,b,c\n"), "relations.csv: line 1: the header is not from,relation,to"),
    "quote": (spoil_file("relations.csv", 'from,relation,to\n"f1,feeds\n'), "relations.csv: line 2: is not CSV"),
    "duplicate id": (
        lambda folder: folder.features.append(feature("f1", "pump")),
        'assets.geojson: feature "f1": id: is there twice',
    ),
    "no id": (lambda folder: folder.features[0].pop("id"), "assets.geojson: feature 1: id: is required"),
    "not a feature": (lambda folder: folder.features.append({}), 'assets.geojson: feature 6: type: is not "Feature"'),
    "no kind": (
        lambda folder: folder.features[0]["properties"].pop("kind"),
        'assets.geojson: feature "f1": kind: is required',
    ),
    "wrong type": (
        spoil_property(2, "observes", "voltage_v"),
        'assets.geojson: feature "s1": observes: Expected `array`',
    ),
    "unknown quantity": (spoil_property(2, "observes", ["x_m"]), 'observes: "x_m" is a quantity of no domain'),
    "period": (spoil_property(2, "period_s", "60"), 'feature "s1": period_s: is no number above 0'),
    "measures nothing": (spoil_property(2, "measures", "ghost"), 'feature "s1": measures: "ghost" is no asset'),
    "measures itself": (spoil_property(2, "measures", "s1"), "an asset cannot measure itself"),
    "measures twice": (
        spoil_relation("s1,measures,f2"),
        'line 3: measures: of "s1" is "f1" in assets.geojson and "f2" here',
    ),
    "no kind but null": (
        lambda folder: folder.features[0]["properties"].update(kind=None),
        'assets.geojson: feature "f1": kind: is required',
    ),
    "zone twice": (spoil_relation("f1,located_in,z2"), 'line 3: zone: of "f1" is "z1" in assets.geojson and "z2" here'),
    "two regions": (spoil_property(1, "region", "north"), "line 2: region: a relation cannot join two regions"),
    "geometry type": (spoil_geometry("Circle", [1, 2]), "geometry.type: 'Circle' is not one of"),
    "position": (spoil_geometry("Point", [1]), "geometry.coordinates: a position is not [lon, lat]"),
    "lat before lon": (spoil_geometry("Point", [11.0, 106.6]), "is not on the earth"),
    "short line": (spoil_geometry("LineString", [[1, 2]]), "a line needs two positions or more"),
    "open ring": (spoil_geometry("Polygon", [[[1, 2], [2, 2], [2, 3], [1, 3]]]), "a ring needs four positions"),
    "sensor name": (
        lambda folder: folder.features.append(feature("cảm-biến", "sensor", observes=[])),
        "id: of a sensor may hold only",
    ),
    "assets not JSON": (spoil_file("assets.geojson", "{"), "assets.geojson: is not JSON"),
    "assets not a collection": (spoil_file("assets.geojson", "[]"), 'type: is not "FeatureCollection"'),
    "city not TOML": (spoil_file("city.toml", "id ="), "city.toml: is not TOML"),
    "city field": (spoil_file("city.toml", 'id = "c"\n'), "city.toml: name: is required"),
    "time zone": (spoil_file("city.toml", CITY.replace("Ho_Chi", "Nowhere")), "time_zone:"),
    "clock": (spoil_file("city.toml", CITY + 'clock = "sun"\n'), 'clock: "sun" is not live or events'),
    "condition field": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", "above = 1.0\nabvoe = 2")),
        'domains/flood.toml: condition "flood.high": abvoe: is not a field that is known here',
    ),
    "two tests": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", "above = 1.0\nbelow = 0.1")),
        'condition "flood.high": below: exactly one of',
    ),
    "severity": (
        spoil_file("domains/flood.toml", DOMAIN.replace('"major"', '"huge"')),
        'severity: "huge" is not one of',
    ),
    "unit": (
        spoil_file("domains/flood.toml", DOMAIN.replace('"m"', '""')),
        "unit: '' is no unit: at most 20 characters",
    ),
    "side": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", 'above = 1.0\nside = "below"')),
        "side: belongs to `limit`, or to a `deviation` above 0",
    ),
    "duration": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", "above = 1.0\nhold_down = -5")),
        'condition "flood.high": hold_down: a duration cannot be negative',
    ),
    "silence of no time": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", "absent_for = 0")),
        'condition "flood.high": absent_for: is not above 0',
    ),
    "stuck for less than no time": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", "stuck_for = -5")),
        'condition "flood.high": stuck_for: is not above 0',
    ),
    "deviation of nothing": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", "deviation = 0")),
        'condition "flood.high": deviation: is 0: every reading',
    ),
    "sum against what single readings are": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", 'deviation = 4\nover = 300\nfunction = "sum"')),
        'condition "flood.high": function: "sum" is not one of mean, max, min',
    ),
    "rate without a window": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", 'above = 1.0\nfunction = "rate"')),
        'condition "flood.high": over: is required: "rate" is that of a window',
    ),
    "end beyond the limit": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", 'limit = "effluent.cod"\nclear = 1.1')),
        'condition "flood.high": clear: is a factor of the limit: above 1',
    ),
    "end below a lower limit": (
        spoil_file(
            "domains/flood.toml", DOMAIN.replace("above = 1.0", 'limit = "effluent.cod"\nside = "below"\nclear = 0.9')
        ),
        'condition "flood.high": clear: is a factor of the limit: with `side = "below"` under 1',
    ),
    "end beyond the deviation": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", "deviation = 4\nclear = 5")),
        'condition "flood.high": clear: is more than `deviation`',
    ),
    "period of a quantity": (
        spoil_file("domains/flood.toml", DOMAIN.replace("max = 5", "max = 5, period_s = 0")),
        'quantity "level_m": period_s: is not above 0',
    ),
    "lateness": (
        spoil_file("domains/flood.toml", DOMAIN.replace('id = "flood"\n', 'id = "flood"\nlateness_s = -1\n')),
        "domains/flood.toml: lateness_s: a duration cannot be negative",
    ),
    "condition of another domain": (
        spoil_file("domains/flood.toml", DOMAIN.replace('id = "flood.high"', 'id = "river.stage_1"')),
        "id: is a condition of the domain river; give this one another id",
    ),
    "quantity of a condition": (
        spoil_file("domains/flood.toml", DOMAIN.replace('quantity = "level_m"', 'quantity = "x"')),
        'quantity: "x" is a quantity of no domain',
    ),
    "limit key": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", 'limit = "flood.bd9"')),
        'limit: no limit table has "flood.bd9"',
    ),
    "file name": (spoil_file("domains/water2.toml", DOMAIN), 'id: is "flood", but the file is named water2.toml'),
    "unit of a shipped quantity": (
        spoil_file("domains/flood.toml", DOMAIN.replace("level_m", "stage_m").replace('"m"', '"km"')),
        'quantity "stage_m": unit: is "km", but "m" in the domain river that ships',
    ),
    "rule kind": (
        spoil_file("rules/r.toml", RULE.replace("sensor.silent", "sensor.asleep")),
        'rules/r.toml: cause.effects: "sensor.asleep" is a signal kind of no domain',
    ),
    "rule field": (spoil_file("rules/r.toml", RULE + "hops = 3\n"), "rules/r.toml: cause: hops: is not a field"),
    "rule range": (
        spoil_file("rules/r.toml", RULE + "within_m = -5\n"),
        "rules/r.toml: cause.within_m: is not between 0 and 1000000 m",
    ),
    "rule relation": (
        spoil_file("rules/r.toml", RULE.replace("same_asset = true", '[[cause.along]]\nrelation = "fedes"')),
        'rules/r.toml: cause.along.0.relation: "fedes" is not one of carries, controls,',
    ),
    "rule body": (
        spoil_file("rules/r.toml", RULE.split("[cause]", maxsplit=1)[0]),
        "exactly one of cause, same and pattern",
    ),
    "limit dates": (
        spoil_file(
            "limits/l.toml",
            LIMIT,
        ),
        'limit "k": valid_to: is not after valid_from',
    ),
    "domain that no topic can be named after": (
        spoil_file("domains/mực nước.toml", "[quantities]\n"),
        "domains/mực nước.toml: id: is not of letters a to z, digits, _ and -",
    ),
    "agency that no topic can be named after": (
        spoil_file("city.toml", CITY + '[[agencies]]\nid = "Sở Xây dựng"\nname = "S"\ntopic = true\n'),
        'city.toml: agency "Sở Xây dựng": id: is not of letters a to z, digits, _ and -',
    ),
    "limit in another unit": (
        spoil_file("limits/l.toml", PERMIT.replace('"mg/l"', '"ug/m3"')),
        'limit "effluent.cod": unit: is in "ug/m3", but what is compared with it, cod_mgl, in "mg/l"; write the value',
    ),
    "limit beside one that ships": (
        spoil_file("limits/l.toml", PERMIT.replace('asset = "f1"\n', "")),
        'limit "effluent.cod": valid_from: overlaps the row of 2012-02-15 that ships; write that one here too',
    ),
    "limit before one that ships": (
        spoil_file("limits/l.toml", PERMIT.replace('asset = "f1"\n', "").replace("2026", "2001")),
        'limit "effluent.cod": valid_from: overlaps the row of 2012-02-15 that ships',
    ),
    "condition on a limit in another unit": (
        spoil_file("domains/flood.toml", DOMAIN.replace("above = 1.0", 'limit = "effluent.cod"')),
        'condition "flood.high": limit: is in "mg/l", but what is compared with it, level_m, in "m"',
    ),
    "map": (
        spoil_file("map.geojson", '{"type": "FeatureCollection", "features": [{}]}'),
        "map.geojson: feature 1: geometry",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_fault_is_named_with_its_place(folder: Folder, case: str) -> None:
    spoil, expected = CASES[case]
    spoil(folder)
    faults = folder.faults()
    assert any(expected in fault for fault in faults), faults


def test_all_faults_are_told_at_once(folder: Folder) -> None:
    for name in ("dangling relation", "cycle", "unknown quantity", "condition field", "rule kind", "clock"):
        CASES[name][0](folder)
    faults = folder.faults()
    for told in ("ghost", "a cycle", "x_m", "abvoe", "sensor.asleep", "clock"):
        assert any(told in fault for fault in faults), (told, faults)
    assert len(faults) >= 6


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CityErrors, match="is not a folder"):
        read_city(tmp_path / "nowhere")


def test_bytes_that_are_not_text_are_named(folder: Folder) -> None:
    root = folder.write()
    (root / "assets.geojson").write_bytes(b"\xff\xfe{")
    with pytest.raises(CityErrors, match="is not UTF-8"):
        read_city(root)


def test_roads_may_form_a_ring_and_rivers_may_not(folder: Folder) -> None:
    folder.features += [feature(name, "road_segment") for name in ("r1", "r2")]
    folder.relations += ["r1,flows_to,r2", "r2,flows_to,r1"]
    read_city(folder.write())
    for one in folder.features[-2:]:
        one["properties"]["kind"] = "river_reach"
    assert any("flows_to: a cycle" in fault for fault in folder.faults())


def test_what_a_city_calls_a_relation_itself_may_go_both_ways_and_be_walked_by_rules(folder: Folder) -> None:
    folder.relations += ["f1,backs_up,f2", "f2,backs_up,f1"]
    folder.files["rules/r.toml"] = RULE.replace("same_asset = true", '[[cause.along]]\nrelation = "backs_up"')
    city = read_city(folder.write())
    assert {"f1 backs_up f2", "f2 backs_up f1"} <= city.relations.keys() and "r" in city.rules


def test_a_city_says_how_its_relations_are_called(folder: Folder) -> None:
    head = CITY + '[relations.backs_up]\nname = "backs up"\n'
    folder.files["city.toml"] = head + 'name_vi = "dự phòng cho"\n'
    found = read_city(folder.write()).city.relations["backs_up"]
    assert (found.name, found.name_vi) == ("backs up", "dự phòng cho")
    folder.files["city.toml"] = head
    assert any("name_vi" in fault for fault in folder.faults())


def test_a_limit_follows_one_that_ships_when_that_has_ended(folder: Folder) -> None:
    national = PERMIT.replace('asset = "f1"\n', "")
    ended = national.replace("2026-01-01", "2012-02-15\nvalid_to = 2026-01-01")
    folder.files["limits/l.toml"] = national + ended
    whole = layered(shipped(), read_city(folder.write()))
    rows = [row for row in whole.limits.values() if row.key == "effluent.cod"]
    assert [(row.value, str(row.valid_to)) for row in rows] == [(50, "2026-01-01"), (50, "None")]


def test_a_limit_may_be_in_a_unit_of_the_citys_own_if_its_quantity_is(folder: Folder) -> None:
    folder.files["domains/flood.toml"] = DOMAIN.replace('"m"', '"CFU"').replace("above = 1.0", 'limit = "flood.most"')
    folder.files["limits/l.toml"] = PERMIT.replace("effluent.cod", "flood.most").replace("mg/l", "CFU")
    assert read_city(folder.write()).limits["flood.most@f1/2026-01-01"].unit == "CFU"


def test_a_limit_may_name_the_same_unit_otherwise(folder: Folder) -> None:
    folder.files["limits/l.toml"] = PERMIT.replace('"mg/l"', '"g/m3"')
    assert read_city(folder.write()).limits["effluent.cod@f1/2026-01-01"].value == 50


def test_a_quantity_that_the_folder_names_leaves_the_shipped_domain(folder: Folder) -> None:
    folder.files["domains/flood.toml"] = DOMAIN.replace("level_m", "stage_m")
    whole = layered(shipped(), read_city(folder.write()))
    assert [name for name, domain in whole.domains.items() if "stage_m" in domain.quantities] == ["flood"]


def test_a_domain_of_the_folder_overrides_the_shipped_one_of_its_id(folder: Folder) -> None:
    text = DOMAIN.replace('id = "flood"', 'id = "river"').replace("flood.", "river.")
    folder.files["domains/river.toml"] = text
    whole = layered(shipped(), read_city(folder.write()))
    assert list(whole.domains["river"].quantities) == ["level_m"]


def test_a_chain_of_ten_thousand_assets_is_walked_without_recursion(folder: Folder) -> None:
    folder.features += [feature(f"n{at}", "feeder") for at in range(10_000)]
    folder.relations += [f"n{at},feeds,n{at + 1}" for at in range(9_999)] + ["n9999,feeds,n0"]
    assert any("a cycle: n0 → n1 → n2 → …" in fault for fault in folder.faults())


def test_a_citys_own_files_may_leave_out_the_words(folder: Folder) -> None:
    folder.files["domains/yard.toml"] = """
quantities = { noise_unit = { unit = "sone" } }
[[conditions]]
kind = "yard.loud"
severity = "minor"
quantity = "noise_unit"
deviation = 5
[[conditions]]
kind = "yard.loud"
severity = "major"
quantity = "noise_unit"
above = 90
"""
    folder.files["rules/one_noise.toml"] = '[same]\nkinds = ["yard.loud"]\nwithin_m = 300\nwithin_s = 600\n'
    city = read_city(folder.write())
    domain = city.domains["yard"]
    assert (domain.name, domain.quantities["noise_unit"].name_vi) == ("yard", "noise_unit")
    assert [(one.id, one.name) for one in domain.conditions] == [
        ("yard.loud", "yard.loud"),
        ("yard.loud_2", "yard.loud"),
    ]
    assert city.rules["one_noise"].title_vi == "one_noise"


def test_what_is_no_table_is_still_told(folder: Folder) -> None:
    folder.files["domains/yard.toml"] = "quantities = { a_m = 1 }\nconditions = [2]\n"
    faults = folder.faults()
    assert any('quantity "a_m"' in fault for fault in faults) and any("condition 1" in fault for fault in faults)


MORE = """
kinds = { "flood.dry" = { name = "Dry", name_vi = "Khô" } }
[[conditions]]
kind = "flood.dry"
severity = "minor"
quantity = "stage_m"
below = 0.1
"""


def test_a_domain_goes_on_in_more_files(folder: Folder) -> None:
    folder.files["domains/flood.toml"] = DOMAIN.replace("level_m", "stage_m")
    folder.files["domains/flood.more.toml"] = MORE
    domain = read_city(folder.write()).domains["flood"]
    assert [one.id for one in domain.conditions] == ["flood.high", "flood.dry"]
    assert "flood.dry" in domain.kinds


RIVER_MORE = MORE.replace("flood.dry", "river.dry")


def test_a_folder_adds_a_part_to_a_domain_that_ships(folder: Folder) -> None:
    folder.files["domains/river.dry.toml"] = RIVER_MORE
    ships = shipped()
    city = read_city(folder.write(), ships)
    whole, before = layered(ships, city).domains["river"], ships.domains["river"]
    assert [one.id for one in whole.conditions] == [*(one.id for one in before.conditions), "river.dry"]
    assert (whole.quantities, whole.kinds.keys() - before.kinds.keys()) == (before.quantities, {"river.dry"})
    assert city_layer(ships, city)["domains"] == {"river": whole}


def test_a_part_of_what_ships_leaves_what_the_folder_has_taken_from_it(folder: Folder) -> None:
    folder.files["domains/flood.toml"] = DOMAIN.replace("level_m", "stage_m")
    folder.files["domains/river.dry.toml"] = RIVER_MORE.replace("stage_m", "ph")
    whole = layered(shipped(), read_city(folder.write()))
    assert [name for name, domain in whole.domains.items() if "stage_m" in domain.quantities] == ["flood"]


def test_a_part_of_what_ships_says_nothing_that_is_there_already(folder: Folder) -> None:
    condition = shipped().domains["river"].conditions[0]
    folder.files["domains/river.more.toml"] = f"""
quantities = {{ stage_m = {{ unit = "m" }} }}
[[conditions]]
id = "{condition.id}"
kind = "{condition.kind}"
severity = "minor"
quantity = "{condition.quantity}"
above = 1
"""
    faults = folder.faults()
    assert any("river.more.toml: quantities: stage_m: is in another file" in fault for fault in faults)
    folder.files["domains/river.more.toml"] = "[[" + folder.files["domains/river.more.toml"].partition("[[")[2]
    assert any(f'river.more.toml: condition "{condition.id}"' in fault for fault in folder.faults())


def test_a_further_file_has_its_domain_and_says_nothing_twice(folder: Folder) -> None:
    folder.files["domains/flood.toml"] = DOMAIN.replace("level_m", "stage_m")
    folder.files["domains/flood.more.toml"] = 'name = "F"\nquantities = { stage_m = { unit = "m" } }\n'
    folder.files["domains/yard.more.toml"] = MORE
    faults = folder.faults()
    assert any("flood.more.toml: name: belongs into flood.toml" in fault for fault in faults)
    assert any("quantities: stage_m: is in another file of the domain flood too" in fault for fault in faults)
    assert any('yard.more.toml: id: is a part of the domain "yard"' in fault for fault in faults)


FIGURE = """
[[figures]]
key = "emission.grid"
unit = "tCO2e/MWh"
value = 0.66
valid_from = 2026-01-01
source = "a document"
status = "official"
"""


@pytest.mark.parametrize(
    ("was", "now", "fault"),
    [
        ('"tCO2e/MWh"', '"kgCO2e/MWh"', 'unit: is "kgCO2e/MWh", but formulas take emission.grid in "tCO2e/MWh"'),
        ("0.66", "nan", "value: is not a finite number"),
        ("0.66", "-0.66", "value: is below 0"),
    ],
)
def test_a_figure_that_formulas_would_take_wrongly_is_refused(folder: Folder, was: str, now: str, fault: str) -> None:
    folder.files["figures/own.toml"] = FIGURE.replace(was, now)
    assert folder.faults() == [f'figures/own.toml: figure "emission.grid": {fault}']
