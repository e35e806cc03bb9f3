"""Set-up: what it refuses, which Node it takes, and that it does nothing twice. Also that the locks fit the project."""

import importlib.util
import re
import stat
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ROOT / "deploy" / "locks"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("interlock_setup", ROOT / "deploy" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


setup = load()


def test_an_old_python_is_refused_in_one_sentence() -> None:
    with pytest.raises(setup.SetupError, match=r"Python 3.11 or newer is needed and this is 3.10.4"):
        setup.check_python((3, 10, 4))
    setup.check_python((3, 11, 0))


@pytest.mark.parametrize(
    ("version", "usable"),
    [
        ("v18.20.0", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("", False),
    ],
)
def test_it_takes_a_node_that_can_build_the_frontend(tmp_path: Path, version: str, *, usable: bool) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(node.stat().st_mode | stat.S_IXUSR)
    assert setup.node_is_usable(node) is usable


def test_no_network_is_one_sentence(tmp_path: Path) -> None:
    said = "print('getaddrinfo ENOTFOUND somewhere'); raise SystemExit(1)"
    with pytest.raises(
        setup.SetupError, match=r"the packages could not be downloaded; check this machine's network"
    ):
        setup.run([sys.executable, "-c", said], "the packages", {}, tmp_path)


def test_another_failure_shows_its_own_last_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "print('it is broken'); raise SystemExit(1)"
    with pytest.raises(setup.SetupError, match="the frontend could not be prepared; the lines above say why"):
        setup.run([sys.executable, "-c", said], "the frontend", {}, tmp_path)
    assert capsys.readouterr().err == "it is broken\n"


def test_a_stamp_holds_until_an_input_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    source = tmp_path / "lock.txt"
    source.write_text("a==1")
    stamp = setup.Stamp(tmp_path / "stamp.json")
    assert not stamp.holds("runtime", [source])
    stamp.set("runtime", [source])
    assert stamp.holds("runtime", [source])
    source.write_text("a==2")
    assert not stamp.holds("runtime", [source])


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;\\]+)", (LOCKS / f"{lock}.txt").read_text(), re.M)
    return {name.lower().replace("_", "-"): version for name, version in found}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~ ]", one, maxsplit=1)[0].lower().replace("_", "-") for one in requirements}


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, development = pins("runtime"), pins("development")
    assert names(project["project"]["dependencies"]) <= set(runtime)
    assert names(project["dependency-groups"]["dev"]) <= set(development)
    assert {name: development.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("lock", ["runtime", "development", "node"])
def test_a_lock_has_hashes_and_nothing_of_the_machine_that_wrote_it(lock: str) -> None:
    text = (LOCKS / f"{lock}.txt").read_text()
    assert not re.search(r"https?://|file:|^--|/opt/|/home/|/root/", text, re.M)
    entries = re.split(r"^(?=[\w.-]+(?:\[[\w,]+\])?==)", text, flags=re.M)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
