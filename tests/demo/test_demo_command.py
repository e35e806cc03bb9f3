"""`manage.py demo` as people run it: every process real, from the outside."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.demo.play import FLOW, KILL_POINTS
from integrations.demo.rest import RestClient
from integrations.supervisor.first_start import read_env

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.processes


def clean_env(**more: str) -> dict[str, str]:
    """Our environment without any of Interlock's settings."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("INTERLOCK_", "DJANGO_"))
    } | more


def asked(*options: str) -> subprocess.CompletedProcess[str]:
    """What `manage.py demo` says to options that start nothing."""
    command = [sys.executable, "manage.py", "demo", *options]
    return subprocess.run(
        command, cwd=ROOT, env=clean_env(), capture_output=True, text=True, timeout=60, check=False
    )


def once(*options: str) -> dict[str, object]:
    """The object on the last line of a rehearsal that ended well."""
    command = [sys.executable, "manage.py", "demo", "--once", "--json", *options]
    done = subprocess.run(
        command, cwd=ROOT, env=clean_env(), capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_won_deal_becomes_one_invoice_however_often_its_webhook_comes() -> None:
    result = once()
    assert isinstance(result.pop("webhook_to_invoice_ms"), int)
    assert result == {
        "customers": 1, "invoices": 1, "invoice_total": "841.55", "written_back": True, "duplicates_ignored": 2,
    }  # fmt: skip


def test_a_deal_that_lacks_an_account_waits_and_becomes_one_invoice_once_it_has_one() -> None:
    result = once("--scenario", "missing-account")
    assert (result["customers"], result["invoices"], result["invoice_total"]) == (1, 1, "841.55")
    assert (result["held_as"], result["invoices_while_held"], result["written_back"]) == (
        "table_miss",
        0,
        True,
    )


def test_the_scenarios_are_listed_one_a_line_and_an_unknown_one_is_refused() -> None:
    listed, refused = asked("--list"), asked("--once", "--scenario", "nightly")
    assert listed.stdout.splitlines() == ["closed-won-to-invoice", "missing-account"]
    assert refused.returncode == 1
    assert "There is no scenario nightly" in refused.stderr


@pytest.mark.parametrize("point", ["customer:sent", "invoice:intended", "invoice:sent"])
def test_a_worker_that_dies_on_the_way_changes_nothing_about_that(point: str) -> None:
    result = once("--kill-worker-at", point)
    assert (result["customers"], result["invoices"], result["invoice_total"]) == (1, 1, "841.55")
    assert (result["written_back"], result["killed_at"]) == (True, point)


def test_an_unknown_place_to_die_at_is_refused_before_anything_starts() -> None:
    command = [sys.executable, "manage.py", "demo", "--once", "--kill-worker-at", "invoice:later"]
    done = subprocess.run(
        command, cwd=ROOT, env=clean_env(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert KILL_POINTS[0] in done.stderr


def ports_in_a_row(count: int) -> int:
    """The first of `count` free ports in a row."""
    for first in range(21000, 32000, 7):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(first, first + count):
                one = held.enter_context(socket.socket())
                one.bind(("127.0.0.1", port))
            return first
    raise AssertionError("No free ports.")


@contextlib.contextmanager
def demo(data: Path, port: int) -> Iterator[str]:
    """A running demo and what it said until it was up; stopped by Ctrl-C, and cleanly."""
    command = [sys.executable, "manage.py", "demo", "--port", str(port)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=clean_env(INTERLOCK_DATA=str(data)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "Stop " in line:
                break
        yield "".join(said)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=60) == 0, rest
        assert "did not stop in time" not in rest


def test_a_demo_starts_again_without_losing_anything(tmp_path: Path) -> None:
    data, port = tmp_path / "data", ports_in_a_row(5)
    seen = []
    for _ in range(2):
        with demo(data, port) as said:
            assert f"http://127.0.0.1:{port}/admin/" in said
            passwords = read_env(data / "interlock.env")
            client = RestClient(f"http://127.0.0.1:{port}")
            client.sign_in("viewer", passwords["INTERLOCK_PASSWORD_VIEWER"])
            flow = client.get(f"flows/{FLOW}/")
            accounts = [one["far_account"]["id"] for one in client.get("connections/")["results"]]
            endpoints = [one["url"] for one in client.get("endpoints/")["results"]]
            seen.append((passwords, flow["environments"], flow["version"], sorted(accounts), endpoints))
    assert seen[0] == seen[1]
    assert len(seen[0][4]) == 1
    assert (data / "interlock.env").stat().st_mode & 0o777 == 0o600


def test_a_second_start_on_the_same_data_and_a_taken_port_are_refused_in_one_sentence(tmp_path: Path) -> None:
    data, port = tmp_path / "data", ports_in_a_row(5)
    command = [sys.executable, "manage.py", "demo", "--port", str(port)]
    with demo(data, port):
        for folder, sentence in (
            (data, "already running on the data folder"),
            (tmp_path / "other", f"Port {port} can't be used"),
        ):
            env = clean_env(INTERLOCK_DATA=str(folder))
            refused = subprocess.run(
                command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
            )
            assert refused.returncode == 1
            assert sentence in refused.stderr
            assert len(refused.stderr.splitlines()) == 1
