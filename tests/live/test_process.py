"""The live door as its own process: what one process writes, the browser at another one hears. No Redis, no sleep."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from integrations.runs.models import Run
from integrations.supervisor.ports import free_ports
from tests.api.world import World
from tests.live.browser import session_of

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the process is given the test's database file"),
]
ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def door(transactional_db: None) -> Iterator[int]:
    """The port of a live door on this test's database."""
    (port,) = free_ports(1, "127.0.0.1")
    env = {
        **os.environ,
        "INTERLOCK_SECRET_KEY": settings.SECRET_KEY,
        "INTERLOCK_DATABASE_URL": f"sqlite:///{settings.DATABASES['default']['NAME']}",
        "INTERLOCK_PUBLIC_URL": ORIGIN,
        "DJANGO_SETTINGS_MODULE": "integrations.settings",
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "integrations.asgi:application",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    process = subprocess.Popen(command, env=env, cwd=settings.ROOT)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the live door has ended"
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                assert json.load(answer) == {"ok": True}
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the live door never answered")


@contextmanager
def tab(port: int, session: str, origin: str = ORIGIN) -> Iterator[ClientConnection]:
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} if session else {}
    url = f"ws://127.0.0.1:{port}/ws/v1/"
    with connect(url, origin=Origin(origin), additional_headers=headers, proxy=None) as socket:
        yield socket


def hear(socket: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(socket.recv(timeout=20)))


def test_the_browser_hears_what_another_process_writes(door: int, world: World) -> None:
    run = world.run(state=Run.State.RUNNING)
    with tab(door, session_of(world.people["viewer"])) as socket:
        socket.send(json.dumps({"op": "sub", "topic": f"run:{run.pk}", "after": 0}))
        first = hear(socket)
        assert (first["type"], first["data"]["steps"]) == ("snapshot", [])
        seen: list[str] = []
        for path in ("deal", "is_won", "contact"):
            world.step(run, path)
            while path not in seen:
                seen += [step["path"] for step in hear(socket)["data"]["steps"]]
        Run.objects.filter(pk=run.pk).update(state=Run.State.SUCCEEDED, seq=run.seq + 1)
        while hear(socket)["data"]["run"]["state"] != "succeeded":
            pass


def test_who_has_not_signed_in_is_told_so_and_another_page_gets_no_socket(door: int, world: World) -> None:
    with tab(door, "") as socket, pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    with (
        pytest.raises(InvalidStatus) as refused,
        tab(door, session_of(world.people["admin"]), "https://evil.example"),
    ):
        pass
    assert refused.value.response.status_code == 403
