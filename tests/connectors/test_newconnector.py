"""`manage.py newconnector` gives a folder that passes everything at once, and its page in docs/ leads where it says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from connectors.sdk import registry
from connectors.sdk.standard import STANDARD_TESTS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "connectors.md"
FENCE = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```", re.M | re.S)
FOUND = 'import connectors\n\nconnectors.__path__.append("{}")\n'


def problems(root: Path, name: str) -> dict[str, list[str]]:
    """What the standard tests have to say about the connector `name` in `root`."""
    with registry.extra_root(root):
        made = registry.connector(name)
        return {check: found for check, test in STANDARD_TESTS.items() if (found := test(made))}


def own_tests(root: Path, name: str) -> subprocess.CompletedProcess[str]:
    """The folder's own tests, in a process of their own that looks for connectors in `root` too."""
    (root / "conftest.py").write_text(FOUND.format(root))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    return subprocess.run(
        [*command, f"--rootdir={root}", str(root / name / "tests")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("name", ["acme_books", "zebra"])
def test_a_new_connector_keeps_the_contract_at_once(tmp_path: Path, name: str) -> None:
    call_command("newconnector", name, into=str(tmp_path), verbosity=0)
    assert problems(tmp_path, name) == {}
    with registry.extra_root(tmp_path):
        made = registry.connector(name)
        assert (list(made.operations), list(made.triggers)) == (
            ["create_thing", "get_thing"],
            ["thing_changed"],
        )


def test_a_new_connectors_code_is_as_the_house_wants_it(tmp_path: Path) -> None:
    call_command("newconnector", "zebra", into=str(tmp_path / "connectors"), verbosity=0)
    ruff, config = Path(sys.executable).with_name("ruff"), f"--config={ROOT / 'pyproject.toml'}"
    ours = '--config=lint.isort.known-first-party=["connectors"]'
    checks = (["format", "--check"], ["check", "--no-cache", ours, "--ignore=S101,PLR2004"])
    for command in checks:
        done = subprocess.run(
            [ruff, *command, config, "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "zebra").mkdir()
    (tmp_path / "zebra" / "mine.py").write_text("kept")
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("newconnector", "zebra", into=str(tmp_path))
    assert [path.name for path in tmp_path.rglob("*")] == ["zebra", "mine.py"]


@pytest.mark.parametrize("name", ["../evil", "Zebra", "2nd", "sdk", "a", "two words", "a" * 41])
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match="is no name for a connector"):
        call_command("newconnector", name, into=str(tmp_path / "in"))
    assert list(tmp_path.iterdir()) == []


def test_the_page_leads_where_it_says(tmp_path: Path) -> None:
    """Follows docs/connectors.md: its command, and its files as they stand there; then everything is green."""
    steps = [(kind, about, body) for kind, about, body in FENCE.findall(PAGE.read_text(encoding="utf-8"))]
    (first,) = [body for kind, _, body in steps if kind == "sh" and "newconnector" in body]
    words = shlex.split(first)
    assert words[:3] == [".venv/bin/python", "manage.py", "newconnector"]
    call_command(*words[2:], into=str(tmp_path), verbosity=0)
    files = {about: body for kind, about, body in steps if kind == "python"}
    assert len(files) == 2
    for about, body in files.items():
        path = tmp_path / Path(about).relative_to("connectors")
        assert path.parent.is_dir()
        path.write_text(body, encoding="utf-8")
    named = re.findall(r"^\| `([\w./]+\.\w+)`", PAGE.read_text(encoding="utf-8"), re.M)
    assert [name for name in named if not (tmp_path / "parcels" / name).is_file()] == []
    assert problems(tmp_path, "parcels") == {}
    done = own_tests(tmp_path, "parcels")
    assert done.returncode == 0, done.stdout
