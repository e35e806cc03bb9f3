"""A running sandbox for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sdk.sandbox.host import SandboxHost
from tests.sandbox.bench import Bench, Receiver

RETRY_SCALE = 0.002
"""Ten seconds between deliveries become twenty milliseconds."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """The sandbox on free ports, with a state file of its own."""
    host = SandboxHost(tmp_path / "state.db", settings={"streak": {"retry_scale": RETRY_SCALE}}).start()
    running = Bench(host)
    yield running
    running.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A target for webhooks."""
    with Receiver() as target:
        yield target
