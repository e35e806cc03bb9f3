"""Mapping tables as CSV: a preview that says what would be new, changed, same or refused, and the import in one transaction."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.mapping.csv_text import FROM, TO, cell_text, dialect_of, headings, plain_cell
from integrations.mapping.keys import key_columns, lookup_key, shown
from integrations.mapping.models import MappingRow, MappingTable, RowChange
from integrations.mapping.rows import IN_ORDER, editing, overlap_problem, shape
from integrations.mapping.values import Dates, RowProblem, checked_dates, checked_values

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["ImportRefused", "Line", "Preview", "apply_import", "export_csv", "preview_import"]

_MOST_LINES = 100_000
_BATCH = 500


class ImportRefused(Exception):  # noqa: N818 - named by what happened to the file
    """The file as a whole can't be read as this table's rows; the message says why and what to do."""


@dataclass(slots=True)
class Line:
    """One line of the file. `number` counts as a spreadsheet does: the headings are line 1."""

    number: int
    verdict: Literal["new", "changed", "same", "refused"]
    values: dict[str, Json]
    dates: Dates
    lookup: str = ""
    row: MappingRow | None = None
    before: Mapping[str, Json] | None = None
    problems: list[RowProblem] = field(default_factory=list)

    def refuse(self, problem: RowProblem) -> None:
        self.verdict = "refused"
        self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. `ready` = nothing is refused."""

    lines: Sequence[Line]

    def of(self, verdict: str) -> list[Line]:
        return [line for line in self.lines if line.verdict == verdict]

    def count(self, verdict: str) -> int:
        return sum(line.verdict == verdict for line in self.lines)

    @property
    def ready(self) -> bool:
        return self.count("refused") == 0


def preview_import(table: MappingTable, text: str) -> Preview:
    """Compare a CSV with the table, row by row: a line is an existing row when key and From agree.

    Rows that the file lacks are left alone. Raises `ImportRefused` when the headings don't fit.
    """
    lines = [_read_line(table, number, cells) for number, cells in _records(table, text)]
    _compare(table, lines)
    return Preview(lines)


def apply_import(table: MappingTable, text: str, *, by: "User | None" = None) -> Preview:
    """Do what the preview says, all of it or nothing. Raises `ImportRefused` when a line is refused."""
    with editing(table):
        preview = preview_import(table, text)
        if not preview.ready:
            raise ImportRefused(f"Refused lines: {preview.count('refused')}. Nothing was imported.")
        _store(table, preview, by)
    return preview


def export_csv(table: MappingTable) -> Iterator[str]:
    """The table as CSV lines, headings first; importing it again changes nothing."""
    yield _csv_line([*headings(table.columns).values(), "Valid from", "Valid to"])
    for row in table.rows.order_by(*IN_ORDER).iterator(chunk_size=1000):
        cells = [cell_text(row.values.get(str(one["key"]))) for one in table.columns]
        days = [day.isoformat() if day else "" for day in (row.valid_from, row.valid_to)]
        yield _csv_line([*cells, *days])


def _records(table: MappingTable, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, cells by column key) of every line that isn't empty."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), dialect_of(text))
    try:
        names = _named(table, next(reader, []))
        for count, cells in enumerate(reader):
            if count >= _MOST_LINES:
                raise ImportRefused(f"The file has more than {_MOST_LINES:,} lines. Split it.")
            if any(cell.strip() for cell in cells):
                yield count + 2, dict(zip(names, map(plain_cell, cells), strict=False))
    except csv.Error as error:
        raise ImportRefused(f"The file can't be read as CSV: {error}.") from error


def _named(table: MappingTable, heads: Sequence[str]) -> list[str]:
    """The column key of each heading; titles and keys are both understood, in any case and order."""
    known = {FROM: "valid_from", "valid_from": "valid_from", TO: "valid_to", "valid_to": "valid_to"}
    for key, title in headings(table.columns).items():
        known |= {key.casefold(): key, title.casefold(): key}
    names = [known.get(head.strip().casefold(), "") for head in heads]
    strange = [head.strip() for head, name in zip(heads, names, strict=True) if head.strip() and not name]
    missing = [title for key, title in headings(table.columns).items() if key not in names]
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    faults = [f"Nothing is called “{head}” in this table." for head in strange]
    faults += [f"The column “{title}” is missing." for title in missing]
    faults += [f"The column “{name}” stands twice." for name in doubled]
    if faults:
        raise ImportRefused(" ".join(faults) + " The first line must hold the headings, as in the export.")
    return names


def _read_line(table: MappingTable, number: int, cells: Mapping[str, str]) -> Line:
    values, problems = checked_values(table.columns, cells)
    dates, date_problems = checked_dates(cells.get("valid_from"), cells.get("valid_to"))
    problems += date_problems
    line = Line(number, "refused" if problems else "new", values, dates, problems=problems)
    if not problems:
        line.lookup = lookup_key(
            table.columns, [values[str(one["key"])] for one in key_columns(table.columns)]
        )
    return line


def _compare(table: MappingTable, lines: Sequence[Line]) -> None:
    """Give every good line its verdict, against the table as it would be after the import."""
    stored: dict[str, list[MappingRow]] = {}
    for row in table.rows.all().iterator(chunk_size=1000):
        stored.setdefault(row.lookup, []).append(row)
    good = [line for line in lines if line.verdict != "refused"]
    met: dict[tuple[str, object], int] = {}
    for line in good:
        first = met.setdefault((line.lookup, line.dates.first), line.number)
        if first != line.number:
            line.refuse(RowProblem("", f"It repeats line {first}: same key, same From."))
            continue
        _pair(line, stored.get(line.lookup, []))
    _refuse_overlaps(table, [line for line in good if line.verdict != "refused"], stored)


def _pair(line: Line, rows: Sequence[MappingRow]) -> None:
    row = next((one for one in rows if one.valid_from == line.dates.first), None)
    if row is None:
        return
    line.row, line.before = row, shape(row)
    same = row.values == line.values and row.valid_to == line.dates.last
    line.verdict = "same" if same else "changed"


def _refuse_overlaps(
    table: MappingTable, lines: Sequence[Line], stored: Mapping[str, Sequence[MappingRow]]
) -> None:
    """No two rows of a key may hold on one day, counting the file's lines and the rows the file doesn't mention."""
    by_key: dict[str, list[Line]] = {}
    for line in lines:
        by_key.setdefault(line.lookup, []).append(line)
    for lookup, ours in by_key.items():
        replaced = {line.row.pk for line in ours if line.row}
        kept = [
            Dates(row.valid_from, row.valid_to) for row in stored.get(lookup, []) if row.pk not in replaced
        ]
        for place, line in enumerate(ours):
            others = kept + [other.dates for other in ours[:place]]
            clash = next((dates for dates in others if dates.meets(line.dates)), None)
            if clash is not None:
                key = [line.values[str(one["key"])] for one in key_columns(table.columns)]
                line.refuse(overlap_problem(shown(key), clash))


def _store(table: MappingTable, preview: Preview, by: "User | None") -> None:
    name, now = (by.get_username() if by else ""), timezone.now()
    for line in preview.lines:
        row = line.row or MappingRow(table=table)
        row.lookup, row.values = line.lookup, line.values
        row.valid_from, row.valid_to = line.dates.first, line.dates.last
        row.updated_by, row.updated_at = name, now
        line.row = row
    new, old = preview.of("new"), preview.of("changed")
    MappingRow.objects.bulk_create([line.row for line in new if line.row], batch_size=_BATCH)
    MappingRow.objects.bulk_update(
        [line.row for line in old if line.row],
        ["values", "valid_to", "updated_by", "updated_at"],
        batch_size=_BATCH,
    )
    RowChange.objects.bulk_create(
        (
            RowChange(
                table=table,
                row_id=line.row.pk,
                action="change" if line.before else "add",
                before=line.before,
                after=shape(line.row),
                user=by,
            )
            for line in [*new, *old]
            if line.row
        ),
        batch_size=_BATCH,
    )


def _csv_line(cells: Sequence[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
