"""What every test of the live socket starts from."""

import pytest

from tests.api.world import World, make_world

__all__ = ["world"]


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed: the socket reads on a connection of its own."""
    return make_world()
