"""What happens in the city while somebody looks at the console: trips with their effects, told over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.center import Center
from tests.waiting import until

Event = dict[str, Any]


def raised(kind: str, asset: str, ago_s: float, severity: str = "major", state: str = "raised") -> Event:
    """A CloudEvent of a system that judges for itself, `ago_s` seconds in the past."""
    at = (datetime.now(UTC) - timedelta(seconds=ago_s)).isoformat()
    return {
        "specversion": "1.0",
        "id": f"{state}-{kind}-{asset}-{at}",
        "source": "/test/scada",
        "type": f"signal.{state}",
        "time": at,
        "data": {"asset": asset, "kind": kind, "severity": severity, "at": at},
    }


class Network:
    """The dependency graph of the running city."""

    def __init__(self, center: Center) -> None:
        self.center = center
        found = center.get("/v1/relations", limit=5000)["items"]
        self.edges = [(one["from_id"], one["relation"], one["to_id"]) for one in found]
        self.kinds = {one["id"]: one["kind"] for one in center.get("/v1/assets", limit=5000)["items"]}

    def of_kind(self, kind: str) -> list[str]:
        """Ids of all assets of a kind."""
        return sorted(id_ for id_, one in self.kinds.items() if one == kind)

    def follow(self, relation: str, *starts: str) -> list[str]:
        """Assets one relation away from any of `starts`."""
        return [end for start, name, end in self.edges if name == relation and start in starts]

    def trip(self, feeder: str) -> list[Event]:
        """An outage with all its effects on the traffic, effects first; empty if the feeder feeds no signal."""
        signals = self.follow("controls", *self.follow("feeds", feeder))
        segments = self.follow("controls", *signals)
        if not segments:
            return []
        slow = [raised("traffic.slow", segment, 360 - 40 * n, "minor") for n, segment in enumerate(segments[:6])]
        dark = [raised("traffic.signal_dark", signal, 690 - 5 * n) for n, signal in enumerate(signals)]
        return [*slow, *dark, raised("power.outage", feeder, 705, "critical")]

    def feeders_with_signals(self) -> list[str]:
        """Feeders whose trip shows in the traffic."""
        return [feeder for feeder in self.of_kind("feeder") if self.trip(feeder)]


def play(center: Center, events: list[Event]) -> None:
    """Posts one by one, in this order."""
    for event in events:
        answer = center.post(event)
        assert answer.status_code == 202 and answer.json()["accepted"] == 1, answer.text


def incident_of(center: Center, root_asset: str, signals: int = 1) -> Event:
    """The incident with this root, once it has so many signals and its cause is reported, not only suspected."""

    def find() -> Event | None:
        found = [one for one in center.incidents() if one["root_asset"] == root_asset and one["root_signal"]]
        return next((one for one in found if one["signal_count"] >= signals), None)

    return until(find, f"an incident of {root_asset} with {signals} signals")


def day_of(incident: Event) -> str:
    """The city's day on which it began: just after midnight that is not today."""
    began = datetime.fromisoformat(incident["opened_at"])
    return began.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date().isoformat()
