"""The same judgement in Quix Streams with its own state: prints the processor seconds it took."""

import sys
import time
from typing import Any

from quixstreams import Application


def judge(reading: dict[str, Any], state: Any) -> dict[str, Any] | None:
    """Mean and count per sensor, a signal below 15 km/h."""
    held = state.get("held", [0.0, 0])
    held = [held[0] + 0.1 * (reading["v"] - held[0]), held[1] + 1]
    state.set("held", held)
    return reading if reading["v"] < 15.0 else None


def main(bootstrap: str, topic: str, count: str, directory: str) -> None:
    """Reads `count` messages from `topic`."""
    app = Application(
        broker_address=bootstrap,
        consumer_group="bench-quix",
        auto_offset_reset="earliest",
        commit_interval=1.0,
        state_dir=f"{directory}/quix",
        loglevel="ERROR",
    )
    frame = app.dataframe(app.topic(topic, value_deserializer="json"))
    frame = frame.apply(judge, stateful=True)
    before = time.process_time()
    app.run(count=int(count), timeout=60.0)
    print(time.process_time() - before)


if __name__ == "__main__":
    main(*sys.argv[1:])
