"""How many readings a second one core of ingest takes: over HTTP in packs of 200, and singles from the inbox."""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

from infra.kafka.clients import producer
from schemas.cloudevents import STRUCTURED
from schemas.topics import INBOX, INPUT_PARTITIONS
from tests.intake import KEY, Ingest, event, publish_reference, reference, running_ingest
from tests.servers import running_servers

PACK, REQUESTS, CLIENTS, SINGLES = 200, 1_000, 8, 100_000
PER_SECOND_AND_CORE = "readings per second of ingest's processor time"


def _readings(count: int) -> list[dict[str, Any]]:
    now = time.time()
    return [
        {
            "bn": f"loop-{index % 50}/",
            "n": "speed_kmh",
            "u": "km/h",
            "v": 40 + index % 7,
            "t": round(now + index / 1000, 3),
        }
        for index in range(count)
    ]


def _of_ingest(port: int) -> psutil.Process:
    for process in psutil.process_iter(["cmdline"]):
        ours = "services.ingest" in (process.info["cmdline"] or [])
        if ours and any(each.laddr.port == port for each in process.net_connections()):
            return process
    raise LookupError("no ingest listens on this port")


def _used_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _post_all(url: str) -> float:
    """Seconds for all requests."""
    data = _readings(PACK)
    bodies = [json.dumps(event(data, number=f"bench-{number}")).encode() for number in range(REQUESTS)]
    headers = {"content-type": STRUCTURED, "authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:

        async def post(share: list[bytes]) -> None:
            for body in share:
                answer = await client.post("/v1/events", content=body)
                assert answer.status_code == 202, answer.text

        start = time.perf_counter()
        await asyncio.gather(*[post(bodies[number::CLIENTS]) for number in range(CLIENTS)])
        return time.perf_counter() - start


async def _fill_inbox(bootstrap: str) -> None:
    now = time.time()
    writer = producer(bootstrap, linger_ms=20)
    await writer.start()
    try:
        for number in range(SINGLES):
            data = [{"n": f"loop-{number % 500}/speed_kmh", "u": "km/h", "v": 41.5, "t": round(now, 3)}]
            value = json.dumps(event(data, number=f"single-{number}")).encode()
            await writer.send(INBOX, value, partition=number % INPUT_PARTITIONS)
        await writer.flush()
    finally:
        await writer.stop()


async def _behind(bootstrap: str) -> int:
    from aiokafka import TopicPartition

    from infra.kafka.clients import consumer

    reader = consumer(bootstrap, group="ingest")
    await reader.start()
    try:
        parts = [TopicPartition(INBOX, number) for number in range(INPUT_PARTITIONS)]
        ends = await reader.end_offsets(parts)
        return sum([ends[part] - (await reader.committed(part) or 0) for part in parts])
    finally:
        await reader.stop()


def _drain(bootstrap: str) -> None:
    deadline = time.monotonic() + 60
    while asyncio.run(_behind(bootstrap)):
        if time.monotonic() > deadline:
            raise TimeoutError("the inbox was not emptied")
        time.sleep(0.2)


def _http(ingest: Ingest) -> dict[str, float]:
    port = ingest.http.base_url.port or 0
    process = _of_ingest(port)
    before = _used_s(process)
    seconds = asyncio.run(_post_all(f"http://127.0.0.1:{port}"))
    total = PACK * REQUESTS
    return {"http_per_second": total / seconds, "http_per_core_second": total / (_used_s(process) - before)}


def _inbox(servers: Any, directory: Path) -> dict[str, float]:
    asyncio.run(_fill_inbox(servers.kafka))
    with running_ingest(servers, directory) as ingest:
        process = _of_ingest(ingest.http.base_url.port or 0)
        before, start = _used_s(process), time.perf_counter()
        _drain(servers.kafka)
        seconds, used = time.perf_counter() - start, _used_s(process) - before
    return {"inbox_per_second": SINGLES / seconds, "inbox_per_core_second": SINGLES / used}


def run() -> dict[str, Any]:
    """The figures; takes about 30 s on two cores, the start of the servers included."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with running_servers(directory / "servers") as servers:
            publish_reference(servers.kafka, reference())
            with running_ingest(servers, directory) as ingest:
                found = _http(ingest)
            found |= _inbox(servers, directory)
    return {"unit": PER_SECOND_AND_CORE, **{name: round(value) for name, value in found.items()}}


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
