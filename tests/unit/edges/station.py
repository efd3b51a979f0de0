"""How a station of these tests writes its files."""

from schemas.edges import Layout

LAYOUT = Layout(
    name=r"(?P<station>\w+?)_(?P<time>\d{14})\.txt",
    columns=("parameter", "value", "unit", "state"),
    separator=";",
    decimal=",",
    time_format="%Y%m%d%H%M%S",
    parameters={"COD": "cod_mgl"},
    units={"mg/L": "mg/l"},
    states={"00": "measuring", "02": "fault"},
)
NAME = "KCN_1_20260131080000.txt"
