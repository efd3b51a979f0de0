"""When records of one thing were written to each topic: where the time of a change goes."""

import asyncio
import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from statistics import median

from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.kafka.clients import consumer
from schemas.topics import CHANGES, INPUT_PARTITIONS, LINKS, SIGNAL_PARTITIONS, SIGNALS, events_topic

TOPICS = {
    events_topic("traffic"): INPUT_PARTITIONS,
    SIGNALS: SIGNAL_PARTITIONS,
    LINKS: SIGNAL_PARTITIONS,
    CHANGES: INPUT_PARTITIONS,
}


def passed(run_dir: Path, posted: Mapping[str, float], came: Mapping[str, float]) -> dict[str, float]:
    """Median milliseconds from stage to stage; `posted` and `came` are Unix seconds by asset."""
    bootstrap = f"127.0.0.1:{json.loads((run_dir / 'ports.json').read_text())['kafka']}"
    steps = [dict(posted), *asyncio.run(_written(bootstrap, posted)), dict(came)]
    named = list(zip(("posted", *TOPICS, "came"), steps, strict=True))
    told = {}
    for (name, one), (other, two) in pairwise(named):
        both = [two[asset] - one[asset] for asset in posted if asset in one and asset in two]
        told[f"{name} → {other}"] = round(1000 * median(both), 1) if both else -1.0
    return told


async def _written(bootstrap: str, assets: Mapping[str, float]) -> list[dict[str, float]]:
    """For each topic: when the first record that names an asset was written, Unix seconds."""
    reader = consumer(bootstrap)
    await reader.start()
    try:
        return [await _first(reader, topic, assets) for topic in TOPICS]
    finally:
        await reader.stop()


async def _first(reader: AIOKafkaConsumer, topic: str, assets: Mapping[str, float]) -> dict[str, float]:
    parts = [TopicPartition(topic, number) for number in range(TOPICS[topic])]
    reader.assign(parts)
    ends = await reader.end_offsets(parts)
    await reader.seek_to_beginning(*parts)
    begun = min(assets.values(), default=0.0)
    found: dict[str, float] = {}
    while any([await reader.position(part) < ends[part] for part in parts]):
        for records in (await reader.getmany(timeout_ms=500)).values():
            for record in records:
                if record.timestamp / 1000 >= begun - 1:
                    _note(found, record.value or b"", record.timestamp / 1000, assets)
    return found


def _note(found: dict[str, float], value: bytes, at: float, assets: Mapping[str, float]) -> None:
    text = value.decode(errors="replace")
    if '"tick"' in text[:200]:
        return
    for asset in assets:
        if f'"{asset}"' in text:
            found.setdefault(asset, at)
