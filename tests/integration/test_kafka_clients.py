"""A client that is ended while it begins holds nothing: no partition stays with a member that nobody reads for."""

import asyncio

from kafka.admin import NewTopic

from infra.kafka.admin import admin
from infra.kafka.clients import consumer
from tests.servers import Servers
from tests.waiting import eventually

TOPIC = GROUP = "ended-while-joining"


async def test_a_consumer_that_is_ended_while_it_joins_is_no_member_of_its_group(servers: Servers) -> None:
    with admin(servers.kafka) as client:
        client.create_topics([NewTopic(TOPIC, 1, 1)])
        staying, leaving = (consumer(servers.kafka, TOPIC, group=GROUP) for _ in range(2))

        async def members() -> int:
            return len((await asyncio.to_thread(client.describe_groups, [GROUP]))[GROUP]["members"])

        async def both() -> bool:
            return await members() == 2

        async def one() -> bool:
            return await members() == 1

        await staying.start()
        try:
            joining = asyncio.create_task(leaving.start())
            await eventually(both, "the second one joins")
            joining.cancel()
            await asyncio.wait([joining])
            assert joining.cancelled(), "it had joined before it was ended"
            await eventually(one, "only the one that stays is a member", 30)
        finally:
            await asyncio.gather(staying.stop(), leaving.stop())
