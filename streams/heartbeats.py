"""Heartbeats from when a worker is a member of its group on, as Kafka's own client has it.

aiokafka sends the first one once the new partitions have been handled. What Faust does for a hundred of them takes
longer than a session where a machine is very busy: the broker sent the worker away, it joined anew, and that went on
for as long as the machine was so busy (docs/decisions/0081).
"""

from typing import Any

from aiokafka.consumer.group_coordinator import GroupCoordinator

_handled = GroupCoordinator._on_join_complete


async def _joined(self: GroupCoordinator, *joined: Any) -> None:
    self._start_heartbeat_task()
    await _handled(self, *joined)


def begin_with_membership() -> None:
    """For all consumers of this process that join a group from now on."""
    GroupCoordinator._on_join_complete = _joined
