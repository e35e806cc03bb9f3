"""Runs are advanced in the test's own thread: its connection is still needed afterwards."""

import pytest

from integrations.runs import runner as running


@pytest.fixture(autouse=True)
def connections_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "close_old_connections", lambda: None)
