"""The small world, and clients signed in as its people."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.admin.world import World, make_world

__all__ = ["as_person", "world"]


@pytest.fixture
def world(db: None) -> World:
    """Two environments with something of everything in them."""
    return make_world()


@pytest.fixture
def as_person(world: World) -> Callable[[str], Client]:
    """`as_person("operator")` is a client signed in as that person."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name], backend="integrations.access.throttle.ThrottledBackend")
        return client

    return sign_in
