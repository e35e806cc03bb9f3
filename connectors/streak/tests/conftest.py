"""One sandbox for a module's tests; each makes a deal of its own."""

from collections.abc import Iterator

import pytest

from connectors.sdk.sandbox.host import SandboxHost
from connectors.streak.tests.bench import Bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with SandboxHost(tmp_path_factory.mktemp("streak") / "sandbox.sqlite3") as host:
        yield Bench(host)
