"""A drain that is killed leaves its bell's socket behind; the message that comes again for it starts all the same."""

import socket
import tempfile
from collections.abc import Iterator

import pytest
from django.conf import settings

from integrations.tasks.doorbell import Doorbell, ring
from integrations.tasks.doorbell.sockets import bell_path


@pytest.fixture
def own_bells(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with a short path: a socket's may have some hundred characters, and `tmp_path` has more."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(settings, "RUNTIME_DIR", folder)
        yield


@pytest.mark.usefixtures("own_bells")
def test_a_drain_takes_the_bell_of_the_killed_one_of_its_name() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as killed:
        killed.bind(str(bell_path("host:1:once")))
    bell = Doorbell("host:1:once")
    try:
        ring()
        assert bell.wait(60)
    finally:
        bell.close()
