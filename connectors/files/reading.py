"""Reading a file a page at a time: the place after a page is a byte (CSV, JSON lines) or a row (Excel), so that a list goes
on there after a crash, and memory holds one page however long the file is."""

import codecs
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from connectors.files.columns import Cells, cells_of
from connectors.files.folder import Found, Place, missing
from connectors.sdk.errors import Data
from connectors.sdk.numbers import parse_json
from connectors.sdk.wire import Json

__all__ = ["FORMATS", "PAGE", "format_of", "read_page"]

PAGE = 1_000  # rows
FORMATS: Mapping[str, str] = {
    "csv": "csv", "txt": "csv", "tsv": "csv", "xlsx": "xlsx", "xlsm": "xlsx", "jsonl": "jsonl", "ndjson": "jsonl",
}  # fmt: skip
"""By the end of a file's name."""
_LONGEST_LINE = 4_000_000  # bytes


def format_of(asked: Mapping[str, Json]) -> str:
    """The format said, or what the file's name says. Raises `Data` when neither does."""
    wanted = asked.get("format") or FORMATS.get(str(asked["path"]).rpartition(".")[2].lower(), "")
    if not wanted:
        raise Data("Say which format the file has; its name doesn't.", code="format", pointer="/format")
    return str(wanted)


def read_page(place: Place, asked: Mapping[str, Json], at: Json) -> Json:
    """One page: {"rows", "following"}; `following` is None after the last. Raises `Data` (also when the file has changed since
    the page before, and the list must be read anew) and `NotFound`."""
    found = place.found(asked["path"])
    if at is not None and at.get("of") != found.stamp:
        raise Data(f"{found.path} has changed while it was read.", code="file_changed", pointer="/path")
    if format_of(asked) == "xlsx":
        from connectors.files.sheets import sheet_page  # noqa: PLC0415 - 15 MB, for those who read Excel only

        return sheet_page(place.path(found.path), found, asked, at, PAGE)
    try:
        with place.path(found.path).open("rb") as file:
            return _page(file, found, asked, at)
    except OSError as error:
        raise missing(found.path, error) from error


def _page(file: BinaryIO, found: Found, asked: Mapping[str, Json], at: Json) -> Json:
    lines = _Lines(file, asked.get("encoding") or "utf-8", at or {})
    records: Iterator[dict[str, Json]]
    if format_of(asked) == "csv":
        names, records = _csv(lines, found, asked, at)
    else:
        names, records = [], _json_lines(lines, cells_of([], asked.get("columns") or []))
    rows = []
    for row in records:
        rows.append(row)
        if len(rows) == PAGE:
            break
    if lines.at >= found.size:
        return {"rows": rows, "following": None}
    return {
        "rows": rows,
        "following": {"of": found.stamp, "byte": lines.at, "line": lines.number, "names": names},
    }


@dataclass(slots=True)
class _Lines:
    """A file's lines as text, with the place after the last one given: `at` in bytes, `number` counted from 1."""

    file: BinaryIO
    encoding: str
    at: int
    number: int

    def __init__(self, file: BinaryIO, encoding: str, start: Mapping[str, Json]) -> None:
        self.file, self.encoding = file, encoding
        self.at, self.number = int(start.get("byte", 0)), int(start.get("line", 0))
        file.seek(self.at)

    def __iter__(self) -> Iterator[str]:
        while raw := self.file.readline(_LONGEST_LINE + 1):
            if len(raw) > _LONGEST_LINE:
                raise Data(
                    f"Line {self.number + 1} is longer than {_LONGEST_LINE:,} bytes.", code="line_too_long"
                )
            self.number += 1
            beginning = self.at == 0 and raw.startswith(codecs.BOM_UTF8)
            self.at += len(raw)
            yield self._text(raw[len(codecs.BOM_UTF8) :] if beginning else raw)

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise Data(
                f"Line {self.number}, character {error.start + 1} is not {self.encoding}. Say which encoding the file has.",
                code="encoding",
                pointer="/encoding",
                info={"line": self.number},
            ) from error


def _csv(
    lines: _Lines, found: Found, asked: Mapping[str, Json], at: Json
) -> tuple[list[str], Iterator[dict[str, Json]]]:
    """The header and the rows after it. Without a header row the columns are those declared, or A1, A2 …"""
    delimiter = asked.get("delimiter") or ("\t" if found.path.lower().endswith(".tsv") else ",")
    reader = csv.reader(lines, delimiter={"tab": "\t"}.get(delimiter, delimiter), strict=True)
    records = _numbered(lines, reader)
    declared = asked.get("columns") or []
    if at is not None:
        names = list(at["names"])
    elif asked.get("header", True):
        names = [cell.strip() for cell in next(records, (1, []))[1]]
    else:
        names = [column["name"] for column in declared]
    cells = cells_of(names, declared)
    return names, (cells.row(line, row) for line, row in records)


def _numbered(lines: _Lines, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each record that isn't empty with the line it begins on; a quoted cell may go on over several."""
    while True:
        begins = lines.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Data(f"Line {begins}: {error}.", code="csv", info={"line": begins}) from error
        if row:
            yield begins, row


def _json_lines(lines: _Lines, cells: Cells) -> Iterator[dict[str, Json]]:
    for text in lines:
        if not text.strip():
            continue
        try:
            row = parse_json(text.encode())
        except ValueError as error:
            raise Data(
                f"Line {lines.number} is not JSON: {error}", code="json", info={"line": lines.number}
            ) from error
        if not isinstance(row, dict):
            raise Data(f"Line {lines.number} is not an object.", code="json", info={"line": lines.number})
        yield cells.record(lines.number, row)
