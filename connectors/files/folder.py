"""Where files are: inside the folder that the administrator names in `INTERLOCK_FILES_FOLDER`, and nowhere else."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from connectors.sdk.errors import Config, Data, NotFound, Transient
from connectors.sdk.wire import Json

__all__ = ["SETTING", "Found", "Place", "missing", "place_of"]

SETTING = "INTERLOCK_FILES_FOLDER"
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One file. `path` is relative to the connection's folder; `changed` is when its content or its place last changed;
    `stamp` differs when its content may."""

    path: str
    size: int
    modified: datetime
    changed: datetime
    stamp: str

    def to_json(self) -> Json:
        return {
            "path": self.path,
            "name": self.path.rpartition("/")[2],
            "size": self.size,
            "modified_at": self.modified.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }


@dataclass(frozen=True, slots=True)
class Place:
    """A connection's folder. `top` is the installation's, resolved."""

    top: Path
    folder: Path

    def path(self, path: str) -> Path:
        """The file that `path` means. Raises `Data` for one that would lead out of the folder, links included."""
        parts = path.split("/")
        if (
            not path
            or "\0" in path
            or "\\" in path
            or any(part in {"", ".."} or part[0] == "." for part in parts)
        ):
            raise Data(
                "A path is relative to the connection's folder, without hidden or “..” parts.",
                code="path",
                pointer="/path",
                detail=path,
            )
        meant = (self.folder / path).resolve()
        if not meant.is_relative_to(self.folder):
            raise Data(
                "This path leads out of the connection's folder.", code="path", pointer="/path", detail=path
            )
        return meant

    def found(self, path: str) -> Found:
        """The file at `path`. Raises `NotFound`, and `Data` for what is no ordinary file."""
        meant = self.path(path)
        try:
            about = meant.stat()
        except OSError as error:
            raise missing(path, error) from error
        if not stat.S_ISREG(about.st_mode):
            raise Data(f"{path} is not a file.", code="path", pointer="/path")
        return _found(path, about)

    def files(self, pattern: str) -> list[Found]:
        """Every file below the folder that fits `pattern` ("*.csv", "in/*.csv"), by path. Hidden ones are left out."""
        return sorted(
            (one for one in self._below(self.folder, "", 0) if fnmatchcase(one.path, pattern)),
            key=lambda one: one.path,
        )

    def _below(self, folder: Path, before: str, depth: int) -> Iterator[Found]:
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            raise Transient("The folder can't be read just now.", code="folder", detail=str(error)) from error
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            path = f"{before}{entry.name}"
            if entry.is_dir() and depth < _DEEPEST:
                yield from self._below(Path(entry.path), f"{path}/", depth + 1)
            elif entry.is_file():
                try:
                    yield _found(path, entry.stat())
                except FileNotFoundError:
                    continue


def place_of(settings: Mapping[str, Json]) -> Place:
    """The folder a connection is about. Raises `Config` when there is none."""
    named = os.environ.get(SETTING, "").strip() or _from_file()
    if not named:
        raise Config(
            f"This installation has no folder for files. Set {SETTING} and start it again.", code="no_folder"
        )
    top = Path(named).resolve()
    folder = (top / str(settings.get("folder") or ".")).resolve()
    if not folder.is_relative_to(top):
        raise Config(
            "The folder must be inside the installation's folder for files.", code="folder", pointer="/folder"
        )
    if not folder.is_dir():
        raise Config(
            f"The folder {folder.name} does not exist.", code="folder", pointer="/folder", detail=str(folder)
        )
    return Place(top, folder)


def _from_file() -> str:
    """The setting read from the file that names it, as every setting may be."""
    path = os.environ.get(f"{SETTING}_FILE", "")
    return Path(path).read_text(encoding="utf-8").strip() if path else ""


def missing(path: str, error: OSError) -> NotFound | Config:
    """Why a file can't be opened."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return NotFound(f"There is no file {path}.", code="no_file", pointer="/path", detail=str(error))
    return Config(
        f"The file {path} may not be opened.", code="permission", pointer="/path", detail=str(error)
    )


def _found(path: str, about: os.stat_result) -> Found:
    return Found(
        path=path,
        size=about.st_size,
        modified=datetime.fromtimestamp(about.st_mtime, UTC),
        changed=datetime.fromtimestamp(max(about.st_mtime, about.st_ctime), UTC),
        stamp=f"{about.st_mtime_ns:x}-{about.st_size:x}",
    )
