"""What tests of releases start from."""

import pytest

from tests.api.world import World, make_world

__all__ = ["world"]


@pytest.fixture
def world(db: None) -> World:
    return make_world()
