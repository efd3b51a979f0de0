"""What people are told of a change, for tests of those who tell it."""

from zoneinfo import ZoneInfo

import msgspec

from city.notices import News
from tests.changes import a_change

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")


def news(kind: str = "opened", **fields: object) -> News:
    """Of a change of an incident with `fields`."""
    change = msgspec.structs.replace(a_change(**fields), kind=kind)
    place, why = ("Ward 1", "Phường 1"), ("Power outage at feeder 471: no cause is known.", "Chưa rõ nguyên nhân.")
    return News(
        change=change, zone=SAIGON, place=place, why=why, step=("Call them", "Gọi điều độ"), url="https://s/#/x"
    )
