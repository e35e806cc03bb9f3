"""Every test of files has a folder of its own as the installation's."""

from pathlib import Path

import pytest

from connectors.files.folder import SETTING
from tests.loopback import only_loopback

__all__ = ["folder", "only_loopback"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The installation's folder for files."""
    made = tmp_path / "files"
    made.mkdir()
    monkeypatch.setenv(SETTING, str(made))
    return made
