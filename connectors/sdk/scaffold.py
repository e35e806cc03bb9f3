"""Writing a connector's folder: the skeleton that `manage.py newconnector` gives, and whatever else writes one."""

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from string import Template

__all__ = ["ScaffoldError", "checked_name", "skeleton", "write_folder"]

_SKELETON = Path(__file__).parent / "skeleton"
_NAME = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
_IMPORTS = re.compile(r"(?:^from connectors\.[^\n]*\n)+", re.M)
_TAKEN = frozenset({"sdk", "canonical", "agent", "connectors", "tests"})


class ScaffoldError(ValueError):
    """Why nothing was written, in one sentence."""


def checked_name(name: str) -> str:
    """`name`, if a connector may be called so. Raises `ScaffoldError`."""
    if not _NAME.match(name) or name in _TAKEN:
        raise ScaffoldError(
            f"“{name}” is no name for a connector: use 2 to 40 small letters, digits and underscores, such as acme_books."
        )
    return name


def skeleton(name: str, title: str = "") -> dict[str, str]:
    """The files of a new connector, by their path in its folder. Raises `ScaffoldError` for a name that can't be one."""
    checked_name(name)
    words = title.strip() or name.replace("_", " ").capitalize()
    if not re.fullmatch(r"[\w .&+\-]+", words):
        raise ScaffoldError("A title holds letters, digits, spaces and . & + - only.")
    facts = {
        "name": name,
        "title": words.replace("&", "and"),
        "host": name.replace("_", "-"),
        "letter": name[0].upper(),
    }
    return {
        str(path.relative_to(_SKELETON)).removesuffix(".txt"): _sorted_imports(
            Template(path.read_text(encoding="utf-8")).substitute(facts)
        )
        for path in sorted(_SKELETON.rglob("*.txt"))
    }


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write all of `files` as the new folder, or nothing. Raises `ScaffoldError` when something is there already."""
    if folder.exists():
        raise ScaffoldError(f"{folder} is there already; nothing was written.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, text in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        made.chmod(0o755)
        made.rename(folder)
    except OSError as error:
        shutil.rmtree(made, ignore_errors=True)
        raise ScaffoldError(f"{folder} could not be written: {error.strerror}.") from error


def _sorted_imports(text: str) -> str:
    """A connector's own modules come before or after the SDK's, by its name."""
    return _IMPORTS.sub(lambda block: "".join(sorted(block[0].splitlines(keepends=True), key=_module)), text)


def _module(line: str) -> str:
    return line.split()[1]
