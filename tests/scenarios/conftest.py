"""Every scenario runs in virtual time; `LiveWorld` drives the running stack from the same file."""

import pytest

from tests.scenarios.pure import PureWorld
from tests.scenarios.worlds import World


@pytest.fixture
def city() -> World:
    """A fresh town."""
    return PureWorld()
