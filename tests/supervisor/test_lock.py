"""One Interlock per data folder, also when the former one's parent was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from integrations.supervisor import lock
from integrations.supervisor.lock import FolderInUseError, lock_folder

ROOT = Path(__file__).resolve().parent.parent.parent
HOLDER = """
import pathlib, subprocess, sys, time
from integrations.supervisor.lock import lock_folder
held = lock_folder(pathlib.Path(sys.argv[1]))
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=[held])
print(child.pid, flush=True)
time.sleep(60)
"""


def start_holder(data: Path) -> tuple[subprocess.Popen[str], int]:
    """Another Interlock on `data`, and the process id of a child of its own that holds the folder with it."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, data], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    with holder.stdout:
        return holder, int(holder.stdout.readline())


def test_a_free_folder_is_made_and_locked(tmp_path: Path) -> None:
    held = lock_folder(tmp_path / "data")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    os.close(held)
    os.close(lock_folder(tmp_path / "data"))


def test_a_second_start_is_refused_in_one_sentence(tmp_path: Path) -> None:
    holder, child = start_holder(tmp_path)
    try:
        with pytest.raises(
            FolderInUseError, match=rf"already running on the data folder .* \(process {holder.pid}\)"
        ):
            lock_folder(tmp_path)
    finally:
        os.kill(child, signal.SIGKILL)
        holder.kill()
        holder.wait()


def test_children_of_a_killed_parent_keep_the_folder_until_they_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "ENDING", 0.3)
    holder, child = start_holder(tmp_path)
    holder.kill()
    holder.wait()
    try:
        with pytest.raises(FolderInUseError):
            lock_folder(tmp_path)
    finally:
        os.kill(child, signal.SIGKILL)
    monkeypatch.setattr(lock, "ENDING", 15.0)
    os.close(lock_folder(tmp_path))
