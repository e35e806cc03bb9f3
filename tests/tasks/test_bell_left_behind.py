"""A drain that is killed leaves its bell's socket behind; the message that comes again for it starts all the same."""

import socket
from pathlib import Path

import pytest
from django.conf import settings

from integrations.tasks.doorbell import Doorbell, ring
from integrations.tasks.doorbell.sockets import bell_path


def test_a_drain_takes_the_bell_of_the_killed_one_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "RUNTIME_DIR", str(tmp_path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as killed:
        killed.bind(str(bell_path("host:1:once")))
    bell = Doorbell("host:1:once")
    try:
        ring()
        assert bell.wait(60)
    finally:
        bell.close()
