"""Hosts as settings give them: names, IPv4 and IPv6, one address of the machine or all."""

import socket

CALLED = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""What listens everywhere is called on loopback."""


def family_of(host: str) -> socket.AddressFamily:
    """IPv6 for its addresses, IPv4 for its own and for names."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def url_of(host: str, port: int) -> str:
    """Where this machine reaches what listens at a host and port."""
    called = CALLED.get(host, host)
    return f"http://[{called}]:{port}" if ":" in called else f"http://{called}:{port}"
