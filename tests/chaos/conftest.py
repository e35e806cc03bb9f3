"""One installation for the kill tests: the sandbox as a process of its own, the template flow, and the real journal, writer and
effect ledger on the test's database file."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from integrations.demo.people import ADMIN, HOME, PEOPLE
from integrations.demo.play import FLOW
from integrations.demo.seed import connect_sandbox, seed_environments, seed_people
from integrations.supervisor.first_start import password_name
from tests.chaos.boundaries import Boundaries
from tests.chaos.reference import World


@pytest.fixture(scope="session")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a sandbox's control port."""
    state = tmp_path_factory.mktemp("sandbox") / "state.sqlite3"
    command = [sys.executable, "-m", "connectors.sdk.sandbox", "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["control"])
        finally:
            process.terminate()


@pytest.fixture
def boundaries(monkeypatch: pytest.MonkeyPatch) -> Boundaries:
    made = Boundaries()
    made.install(monkeypatch)
    return made


@pytest.fixture
def world(transactional_db: None, sandbox_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    """The template flow in an environment that is connected to the sandbox; nothing listens, events are made by hand."""
    monkeypatch.setattr(settings, "RUNTIME_DIR", str(tmp_path))
    for person in PEOPLE:
        monkeypatch.setenv(password_name(person.username), "only for this test")
    environment = seed_environments()
    connect_sandbox(environment, sandbox_url, seed_people())
    call_command("installtemplate", FLOW, environment=HOME, by=ADMIN.username)
    return World(environment, sandbox_url)
