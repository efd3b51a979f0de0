"""Addresses that people are to open: http or https, and of a host."""

import re

_ADDRESS = re.compile(r"https?://([^\s/?#@]*@)?(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]\\]+)(:[0-9]{1,5})?([/?#]\S*)?")


def is_web_address(text: str) -> bool:
    """Whether a browser could open it: `https://` alone, or with a port only, leads nowhere."""
    return _ADDRESS.fullmatch(text) is not None
