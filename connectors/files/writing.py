"""Writing a file: whole or not at all, and never over another one unless the step says so."""

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from connectors.files.columns import cells_of
from connectors.files.folder import Place
from connectors.files.reading import format_of
from connectors.sdk.errors import Config, Conflict, Data, NotFound
from connectors.sdk.wire import Json

__all__ = ["content_of", "digest_of", "put"]


def content_of(asked: Mapping[str, Json]) -> bytes:
    """The bytes that `asked` means; the same for the same input. Raises `Data` for what can't be written so."""
    rows, kind = asked["rows"], format_of(asked)
    declared = asked.get("columns") or []
    names = [column["name"] for column in declared] or list(
        dict.fromkeys(name for row in rows for name in row)
    )
    cells = cells_of(names, declared)
    checked = [cells.record(number, dict(row)) for number, row in enumerate(rows, 1)]
    if kind == "jsonl":
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in checked).encode()
    header = names if asked.get("header", True) else []
    if kind == "xlsx":
        from connectors.files.sheets import sheet_bytes  # noqa: PLC0415 - 15 MB, for those who write Excel only

        numbers = {column["name"] for column in declared if column.get("type") == "decimal"}
        table = [[_typed(row.get(name), decimal=name in numbers) for name in names] for row in checked]
        return sheet_bytes(header, table, str(asked.get("sheet") or ""))
    return _csv(header, [[_shown(row.get(name)) for name in names] for row in checked], asked)


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(place: Place, asked: Mapping[str, Json], content: bytes) -> None:
    """Write the file under a hidden name, then give it its own at once. What is there already with the same content stays.

    Raises `Conflict` when another file is there and `asked` doesn't replace it.
    """
    target = place.path(asked["path"])
    if not target.parent.is_dir():
        raise NotFound(f"The folder of {asked['path']} does not exist.", code="no_folder", pointer="/path")
    try:
        hidden = _written(target.parent, content)
        try:
            _named(hidden, target, replace=asked.get("if_exists") == "replace")
        finally:
            hidden.unlink(missing_ok=True)
        _settled(target.parent)
    except FileExistsError as error:
        if not target.is_file() or target.read_bytes() != content:
            raise Conflict(
                f"There is another file {asked['path']} already.", code="file_exists", pointer="/path"
            ) from error
    except OSError as error:
        raise Config(
            f"{asked['path']} can't be written: {error.strerror}.", code="not_writable", detail=str(error)
        ) from error


def _named(hidden: Path, target: Path, *, replace: bool) -> None:
    """Give the file its own name. Raises `FileExistsError` when another has it."""
    if replace:
        hidden.replace(target)
    else:
        os.link(hidden, target)


def _written(folder: Path, content: bytes) -> Path:
    """A new hidden file with this content, on the disk for certain."""
    with tempfile.NamedTemporaryFile("wb", dir=folder, prefix=".interlock-", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), 0o640)
        return Path(file.name)


def _settled(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _csv(header: Sequence[str], rows: Sequence[Sequence[str]], asked: Mapping[str, Json]) -> bytes:
    made = io.StringIO(newline="")
    delimiter = asked.get("delimiter") or ","
    writer = csv.writer(made, delimiter={"tab": "\t"}.get(delimiter, delimiter), lineterminator="\r\n")
    if header:
        writer.writerow(header)
    writer.writerows(rows)
    encoding = asked.get("encoding") or "utf-8"
    try:
        return made.getvalue().encode(encoding)
    except UnicodeEncodeError as error:
        character = made.getvalue()[error.start]
        raise Data(
            f"“{character}” can't be written as {encoding}.", code="encoding", pointer="/encoding"
        ) from error


def _shown(value: Json) -> str:
    """A value as a cell's text."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _typed(value: Json, *, decimal: bool) -> object:
    """A value as Excel's cell: numbers stay numbers, and declared decimals become them."""
    if isinstance(value, int | float | None):
        return value
    return Decimal(value) if decimal and isinstance(value, str) and value else _shown(value)
