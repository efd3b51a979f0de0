"""Permits of outfalls, stacks, tanks and ponds and baselines of metered areas of the demo: invented, none is public."""

from infra.cities.building.drawing import Plan

EFFLUENT = {"effluent.cod": (100.0, "mg/l"), "effluent.nh4n": (8.0, "mg/l"), "effluent.temperature": (40.0, "Cel")}
STACK = {
    "stack.dust": (120.0, "mg/m3"),
    "stack.so2": (300.0, "mg/m3"),
    "stack.nox": (500.0, "mg/m3"),
    "stack.co": (600.0, "mg/m3"),
}
TANK = ("water.tank_lowest", 1.5, "m")
NIGHT = ("water.night_baseline", 8.0, "l/s")
POND = ("waste.leachate_highest", 4.0, "m")
NAMES = {
    "effluent.temperature": ("Temperature of effluent", "Nhiệt độ nước thải"),
    "stack.dust": ("Dust of stack", "Bụi khí thải"),
    "stack.so2": ("SO₂ of stack", "SO₂ khí thải"),
    "stack.nox": ("NOx of stack", "NOx khí thải"),
    "stack.co": ("CO of stack", "CO khí thải"),
    TANK[0]: ("Lowest level of tank", "Mức bể thấp nhất"),
    NIGHT[0]: ("Night flow of area", "Lưu lượng đêm của khu vực"),
    POND[0]: ("Highest level of leachate", "Mức nước rỉ rác cao nhất"),
}
"""Keys of which no row ships; a permit of another key is called as the row that does."""
SOURCE = "Demo permit, invented (giấy phép mô phỏng)"


def permit_limits(plan: Plan) -> str:
    """`limits/permits.toml`."""
    rows = [_row(key, f"outfall-{park}", *limit) for park in plan["outfall_parks"] for key, limit in EFFLUENT.items()]
    rows += [_row(key, f"stack-{park}", *limit) for park in plan["stack_parks"] for key, limit in STACK.items()]
    rows += [_row(TANK[0], f"works-{works['id']}", *TANK[1:]) for works in plan["waterworks"]]
    rows += [_row(NIGHT[0], f"area-{works['id']}", *NIGHT[1:]) for works in plan["waterworks"]]
    rows += [_row(POND[0], f"leachate-{landfill['id']}", *POND[1:]) for landfill in plan["landfills"]]
    return "# Drawn from plan.toml; every permit is invented for the demo.\n\n" + "\n".join(rows)


def _row(key: str, asset: str, value: float, unit: str) -> str:
    named = 'name = "{}"\nname_vi = "{}"\n'.format(*NAMES[key]) if key in NAMES else ""
    return (
        f'[[limits]]\nkey = "{key}"\n{named}asset = "{asset}"\nvalue = {value}\nunit = "{unit}"\n'
        f'valid_from = 2025-01-01\nlegal_ref = "{SOURCE}"\nstatus = "own"\n'
    )
