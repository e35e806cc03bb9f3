"""Where a rehearsal may kill a process: read from two settings, once or by chance."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from integrations.runs.killpoints import Aim, aimed

PASSER = """
from integrations.runs.killpoints import passing
for _ in range(400):
    passing("deal", "before"), passing("invoice", "intended"), passing("invoice", "sent")
import time; time.sleep(0.2)
"""


M = Path("m")


@pytest.mark.parametrize(
    ("text", "aims"),
    [
        ("invoice", [Aim("invoice", "before", 0.0, M)]),
        ("invoice:sent", [Aim("invoice", "sent", 0.0, M)]),
        ("*:any@1/200", [Aim("*", "any", 0.005, M)]),
        ("*:sent@0.25, deal:any@1/2", [Aim("*", "sent", 0.25, M), Aim("deal", "any", 0.5, M)]),
        ("", []),
    ],
)
def test_the_setting_names_steps_boundaries_and_chances(text: str, aims: list[Aim]) -> None:
    assert aimed(text, "m") == tuple(aims)


def test_without_a_marker_nothing_is_ever_killed() -> None:
    assert aimed("invoice", "") == ()


def passed(at: str, marker: Path) -> int:
    """Pass boundaries in a process of its own; returns how it ended."""
    env = {**os.environ, "INTERLOCK_KILL_AT": at, "INTERLOCK_KILL_MARKER": str(marker)}
    return subprocess.run([sys.executable, "-c", PASSER], env=env, check=False).returncode


def test_a_named_boundary_kills_once(tmp_path: Path) -> None:
    marker = tmp_path / "killed"
    assert passed("invoice:sent", marker) == -signal.SIGKILL
    assert marker.read_text().endswith("at invoice:sent\n")
    assert passed("invoice:sent", marker) == 0


def test_by_chance_it_kills_again_and_again_and_leaves_a_file_each_time(tmp_path: Path) -> None:
    assert [passed("*:any@1/20", tmp_path) for _ in range(3)] == [-signal.SIGKILL] * 3
    told = [marker.read_text() for marker in tmp_path.iterdir()]
    assert len(told) >= 3  # a kill in the middle of a call may be overtaken by another
    assert all(" at " in line for line in told)


def test_without_the_folder_nothing_is_killed(tmp_path: Path) -> None:
    assert passed("*:any@1/1", tmp_path / "gone") == 0
