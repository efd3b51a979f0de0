"""Reads what was learned whole, before anything is processed (DESIGN §4)."""

import msgspec
from aiokafka import TopicPartition

from infra import log
from infra.kafka.clients import consumer
from infra.kafka.cluster import Given
from schemas.normals import Normal, decode_normal
from schemas.topics import NORMALS


async def read_normals(cluster: Given) -> dict[str, Normal]:
    """The newest normal of each name of a reading; a bad record is logged and leaves the last good one."""
    reader, partition = consumer(cluster), TopicPartition(NORMALS, 0)
    found: dict[str, Normal] = {}
    await reader.start()
    try:
        reader.assign([partition])
        end = (await reader.end_offsets([partition]))[partition]
        await reader.seek_to_beginning()
        while await reader.position(partition) < end:
            for record in (await reader.getmany(timeout_ms=200)).get(partition, []):
                _take(found, record.key, record.value)
    finally:
        await reader.stop()
    return found


def _take(found: dict[str, Normal], key: bytes | None, value: bytes | None) -> None:
    name = (key or b"").decode(errors="replace")
    if value is None:
        found.pop(name, None)
        return
    try:
        found[name] = decode_normal(value)
    except msgspec.DecodeError as error:
        log.logger("normals").warning("normal_refused", name=name, reason=str(error))
