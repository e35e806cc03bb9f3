"""Excel files: rows read as the file streams by, and written so that the same rows always give the same bytes."""

import io
import re
import zipfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException

from connectors.files.columns import cells_of, plain
from connectors.files.folder import Found, missing
from connectors.sdk.errors import Data
from connectors.sdk.wire import Json

__all__ = ["sheet_bytes", "sheet_page"]

_MOST_TEXTS = 200_000_000
"""Bytes of shared texts, unpacked: they are held in memory while a sheet is read."""
_MOST_UNPACKED = 4_000_000_000
_KEPT_OPEN = 4
_LONGEST_TEXT = 32_767  # characters
_STILL = (1980, 1, 1, 0, 0, 0)
_UNREADABLE = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError)


@dataclass(slots=True)
class _Open:
    """A workbook that is being read: `rows` gives the rows after the last page's."""

    book: Any
    rows: Iterator[tuple[Any, ...]]


class _Reading:
    """Workbooks whose next page is likely to be asked for, the longest unused first out: finding row 500,000 again means
    reading all before it. Whoever takes one has it alone."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str, int], _Open] = OrderedDict()
        self._lock = Lock()

    def take(self, key: tuple[str, str, str, int]) -> _Open | None:
        with self._lock:
            return self._kept.pop(key, None)

    def keep(self, key: tuple[str, str, str, int], one: _Open) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = one
            old = [before] if before else []
            while len(self._kept) > _KEPT_OPEN:
                old.append(self._kept.popitem(last=False)[1])
        for other in old:
            other.book.close()


_reading = _Reading()


def sheet_page(path: Path, found: Found, asked: Mapping[str, Json], at: Json, size: int) -> Json:
    """One page of a sheet's rows, as `read_page` gives it."""
    first = 1 if at is None else int(at["row"])
    sheet = str(asked.get("sheet") or "")
    key = (str(path), found.stamp, sheet, first)
    one = _reading.take(key) or _opened(path, found, sheet, first)
    try:
        names, rows, taken = _rows(one, asked, at, first, size)
    except BaseException:
        one.book.close()
        raise
    if taken < size:
        one.book.close()
        return {"rows": rows, "following": None}
    following = first + taken + (at is None and asked.get("header", True))
    _reading.keep((str(path), found.stamp, sheet, following), one)
    return {"rows": rows, "following": {"of": found.stamp, "row": following, "names": names}}


def _rows(
    one: _Open, asked: Mapping[str, Json], at: Json, first: int, size: int
) -> tuple[list[str], list[Json], int]:
    """The header, the next rows that aren't empty, and how many were looked at."""
    declared = asked.get("columns") or []
    if at is not None:
        names = list(at["names"])
    elif asked.get("header", True):
        names, first = _header(next(one.rows, ())), 2
    else:
        names = [column["name"] for column in declared]
    cells = cells_of(names, declared)
    taken = [_trimmed(row, len(names)) for row in islice(one.rows, size)]
    rows = [
        cells.row(line, row) for line, row in enumerate(taken, first) if any(value != "" for value in row)
    ]
    return names, rows, len(taken)


def sheet_bytes(names: Sequence[str], rows: Iterable[Sequence[object]], sheet: str) -> bytes:
    """An Excel file of these rows. A text is written as a text, also when it begins like a formula."""
    table = [names, *rows] if names else list(rows)
    for row in table:
        for value in row:
            _check(value)
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet or "Sheet1")
    for row in table:
        page.append([_cell(page, value) for value in row])
    made = io.BytesIO()
    book.save(made)
    return _always_the_same(made)


def _cell(page: Any, value: object) -> Any:
    cell = WriteOnlyCell(page, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _check(value: object) -> None:
    """Raise `Data` for a text that a cell would cut or refuse."""
    if isinstance(value, str) and (len(value) > _LONGEST_TEXT or ILLEGAL_CHARACTERS_RE.search(value)):
        raise Data(f"Excel can't hold the text “{value[:40]}”.", code="cell", pointer="/rows")


def _always_the_same(made: io.BytesIO) -> bytes:
    """Without the time of writing, which openpyxl puts into the properties and the archive's entries."""
    kept = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>", b"", content)
            new.writestr(zipfile.ZipInfo(name, _STILL), content, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def _opened(path: Path, found: Found, sheet: str, first: int) -> _Open:
    """Raises `Data` for what is no Excel file, is too large unpacked, or lacks the sheet."""
    try:
        _check_size(path, found)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        raise missing(found.path, error) from error
    except _UNREADABLE as error:
        raise Data(
            f"{found.path} is not an Excel file.", code="xlsx", pointer="/path", detail=str(error)
        ) from error
    names = [page.title for page in book.worksheets]
    if sheet and sheet not in names:
        book.close()
        raise Data(
            f"{found.path} has no sheet “{sheet}”; it has {', '.join(names)}.", code="sheet", pointer="/sheet"
        )
    page = book[sheet] if sheet else book.worksheets[0]
    return _Open(book, page.iter_rows(min_row=first, values_only=True))


def _check_size(path: Path, found: Found) -> None:
    with closing(zipfile.ZipFile(path)) as packed:
        entries = packed.infolist()
    texts = sum(one.file_size for one in entries if one.filename.endswith("sharedStrings.xml"))
    if texts > _MOST_TEXTS or sum(one.file_size for one in entries) > _MOST_UNPACKED:
        raise Data(
            f"{found.path} is too large once unpacked; save it as CSV.", code="too_large", pointer="/path"
        )


def _header(row: Sequence[Any]) -> list[str]:
    """The first row as names, without the empty cells at its end."""
    return [str(value).strip() for value in _trimmed(row, 0)]


def _trimmed(row: Sequence[Any], least: int) -> list[Json]:
    """A row's cells as JSON, without the empty ones at its end beyond `least`."""
    cells = [plain(value) for value in row]
    while len(cells) > least and cells[-1] == "":
        cells.pop()
    return cells
