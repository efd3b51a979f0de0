"""Loopback ports for servers of our own."""

import socket
from pathlib import Path

import pytest

from infra.embedded import ports


def test_ports_differ_and_none_is_one_that_a_system_hands_out() -> None:
    given = [port for _ in range(50) for port in ports.free_ports(3)]
    assert len(set(given)) == len(given)
    assert all(ports.FIRST <= port <= ports.LAST for port in given)


def test_a_port_that_is_listened_on_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, free = ports.free_ports(2)
    with socket.socket() as listener:
        listener.bind((ports.LOOPBACK, taken))
        listener.listen()
        monkeypatch.setattr(ports, "_next_ports", iter([taken, free]))
        assert ports.free_ports(1) == [free]


def test_a_run_directory_keeps_its_ports_but_for_those_that_somebody_took(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    first = ports.kept_ports(path, ["kafka", "postgres"])
    assert ports.kept_ports(path, ["kafka", "postgres", "valkey"]).items() >= first.items()
    with socket.socket() as listener:
        listener.bind((ports.LOOPBACK, first["kafka"]))
        listener.listen()
        again = ports.kept_ports(path, ["kafka", "postgres"])
    assert again["postgres"] == first["postgres"] and again["kafka"] not in first.values()
