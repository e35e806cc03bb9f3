"""A page of a table as an editable sheet: what was posted becomes changed, added and deleted rows, all of it or nothing."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db import transaction

from integrations.mapping.models import MappingRow, MappingTable
from integrations.mapping.rows import add_row, change_row, delete_row, editing
from integrations.mapping.values import RowProblem, RowRefused, written

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["BLANK_LINES", "SheetCell", "SheetLine", "apply_sheet", "sheet_of"]

BLANK_LINES = 5
"""Empty lines offered at the end of a page."""
_NARROWEST, _WIDEST = 4, 40
_DATES = ("valid_from", "valid_to")
_NEW = re.compile(r"n\d{1,4}\Z")
_OLD = re.compile(r"r\d{1,18}\Z")


@dataclass(slots=True)
class SheetCell:
    """One input: its form name, type, caption, text and what is wrong with it."""

    name: str
    kind: str
    label: str
    value: str
    wrong: str = ""
    size: int = 8


@dataclass(slots=True)
class SheetLine:
    """One row of the sheet. `id` is `r<row id>` or `n<number>` of a new one; `stamp` tells whether others changed it."""

    id: str
    number: str
    cells: list[SheetCell]
    stamp: str = ""
    expired: bool = False
    delete: bool = False
    said: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Posted:
    """What came back for one line."""

    id: str
    texts: dict[str, str]
    stamp: str
    delete: bool

    @property
    def is_blank(self) -> bool:
        return not any(text.strip() for text in self.texts.values())


def sheet_of(table: MappingTable, rows: Sequence[MappingRow], *, first: int, today: date) -> list[SheetLine]:
    """The lines of these rows, numbered from `first`, and blank ones."""
    lines = []
    for place, row in enumerate(rows):
        texts = _texts(table, row)
        line = _line(table, f"r{row.pk}", str(first + place), texts)
        line.stamp, line.expired = _stamp(texts), bool(row.valid_to and row.valid_to < today)
        lines.append(line)
    blank = dict.fromkeys(_names(table), "")
    lines += [_line(table, f"n{number}", "+", blank) for number in range(BLANK_LINES)]
    return _sized(lines)


def apply_sheet(
    table: MappingTable, posted: Mapping[str, str], *, by: "User | None"
) -> tuple[dict[str, int], list[SheetLine]]:
    """Do what was typed: ({"added": 1, "changed": 2, "deleted": 0}, []), or ({}, every line with what is wrong).

    Lines nobody touched are left alone, whatever others did to them meanwhile.
    """
    lines = list(_read(table, posted))
    problems: dict[str, list[RowProblem]] = {}
    done = {"added": 0, "changed": 0, "deleted": 0}
    with transaction.atomic(), editing(table):
        for line in sorted(lines, key=_order):
            try:
                what = _apply(table, line, by)
            except RowRefused as refusal:
                problems[line.id] = refusal.problems
            else:
                if what:
                    done[what] += 1
        if problems:
            transaction.set_rollback(True)
    if not problems:
        return done, []
    return {}, _sized([_again(table, line, problems.get(line.id, [])) for line in lines])


def _read(table: MappingTable, posted: Mapping[str, str]) -> Iterator[_Posted]:
    names = _names(table)
    for line_id in posted.get("lines", "").split(","):
        if not (_OLD.match(line_id) or _NEW.match(line_id)):
            continue
        texts = {name: posted.get(f"{line_id}-{name}", "") for name in names}
        yield _Posted(line_id, texts, posted.get(f"{line_id}-stamp", ""), f"{line_id}-delete" in posted)


def _order(line: _Posted) -> int:
    """Deletions first and additions last, so that a row can make room for its successor."""
    return 0 if line.delete else 2 if line.id.startswith("n") else 1


def _apply(table: MappingTable, line: _Posted, by: "User | None") -> str:
    """What was done: added, changed, deleted or "". Raises `RowRefused`."""
    values = {name: text for name, text in line.texts.items() if name not in _DATES}
    dates = (line.texts["valid_from"], line.texts["valid_to"])
    if line.id.startswith("n"):
        if line.is_blank:
            return ""
        add_row(table, values, valid_from=dates[0], valid_to=dates[1], by=by)
        return "added"
    if not line.delete and _stamp(line.texts) == line.stamp:
        return ""
    row = MappingRow.objects.filter(table=table, pk=int(line.id[1:])).first()
    if row is None:
        raise RowRefused([RowProblem("", "Somebody deleted this row meanwhile.")])
    if _stamp(_texts(table, row)) != line.stamp:
        raise RowRefused([RowProblem("", "Somebody changed this row meanwhile. Load the page again.")])
    if line.delete:
        delete_row(table, row.pk, by=by)
        return "deleted"
    change_row(table, row.pk, values, dates=dates, by=by)
    return "changed"


def _again(table: MappingTable, line: _Posted, problems: Sequence[RowProblem]) -> SheetLine:
    wrong = {one.column: one.sentence for one in problems}
    shown = _line(table, line.id, "+" if line.id.startswith("n") else "", line.texts, wrong)
    shown.stamp, shown.delete = line.stamp, line.delete
    shown.said = [one.sentence for one in problems]
    return shown


def _line(
    table: MappingTable,
    line_id: str,
    number: str,
    texts: Mapping[str, str],
    wrong: Mapping[str, str] = MappingProxyType({}),
) -> SheetLine:
    cells = [
        SheetCell(
            f"{line_id}-{name}", kind, f"{title}, line {number or line_id}", texts[name], wrong.get(name, "")
        )
        for name, title, kind in _columns(table)
    ]
    return SheetLine(line_id, number, cells)


def _sized(lines: list[SheetLine]) -> list[SheetLine]:
    """Give all cells of a column the width of its longest text, in characters."""
    for column in zip(*(line.cells for line in lines), strict=True):
        widest = max(len(cell.value) for cell in column)
        for cell in column:
            cell.size = min(max(widest, _NARROWEST), _WIDEST)
    return lines


def _columns(table: MappingTable) -> Iterator[tuple[str, str, str]]:
    for column in table.columns:
        yield str(column["key"]), str(column.get("title") or column["key"]), str(column.get("type", "text"))
    yield "valid_from", "From", "date"
    yield "valid_to", "To", "date"


def _names(table: MappingTable) -> list[str]:
    return [name for name, _title, _kind in _columns(table)]


def _texts(table: MappingTable, row: MappingRow) -> dict[str, str]:
    texts = {str(column["key"]): written(row.values.get(str(column["key"]))) for column in table.columns}
    for name, day in zip(_DATES, (row.valid_from, row.valid_to), strict=True):
        texts[name] = day.isoformat() if day else ""
    return texts


def _stamp(texts: Mapping[str, str]) -> str:
    """Of a line's texts as the browser sends them back."""
    joined = "\x1f".join(f"{name}\x1e{text}" for name, text in texts.items())
    return hashlib.sha256(joined.replace("\r\n", "\n").encode()).hexdigest()[:16]
