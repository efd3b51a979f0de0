"""Fixtures that every lane may use."""

from tests.servers import no_settings_of_the_caller, servers

__all__ = ["no_settings_of_the_caller", "servers"]
