"""What a file's cells mean: text, unless a step says that a column holds something else."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import partial

from connectors.sdk.errors import Data
from connectors.sdk.schema import boolean, choice, items, obj, text
from connectors.sdk.wire import Json, Schema

__all__ = ["COLUMNS", "Cells", "cells_of", "plain"]

_DATES: Mapping[str, str] = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "DD.MM.YYYY": "%d.%m.%Y",
    "YYYYMMDD": "%Y%m%d",
}
_YES, _NO = frozenset({"true", "yes", "y", "1"}), frozenset({"false", "no", "n", "0"})
_SHOWN = 60

COLUMNS: Schema = items(
    "Columns",
    obj(
        {
            "name": text("Column", shortest=1, longest=200),
            "type": choice(
                "Type", ["text", "integer", "decimal", "boolean", "date", "timestamp"], default="text"
            ),
            "required": boolean("Never empty", default=False),
            "date_format": choice("Dates are written", list(_DATES), default="YYYY-MM-DD"),
            "decimal_comma": boolean("1.234,50 instead of 1,234.50", default=False),
        },
        required=("name",),
    ),
    help="Columns that must be there, and what is in them; all others are text.",
)


@dataclass(frozen=True, slots=True)
class Cells:
    """Makes rows of cells. `converters` by column name; `names` is the header."""

    names: Sequence[str]
    converters: Mapping[str, Callable[[Json], Json]]

    def row(self, line: int, cells: Sequence[Json]) -> dict[str, Json]:
        """One row as an object; missing cells at its end are empty. Raises `Data` that names line and column."""
        if not self.names:
            raise Data(
                "Without a first row of names, say which columns there are.",
                code="header",
                pointer="/columns",
            )
        if len(cells) > len(self.names):
            raise Data(
                f"Line {line} has {len(cells)} cells, and there are {len(self.names)} columns.",
                code="cells",
                info={"line": line},
            )
        return self.record(
            line, dict(zip(self.names, [*cells, *[""] * (len(self.names) - len(cells))], strict=True))
        )

    def record(self, line: int, row: dict[str, Json]) -> dict[str, Json]:
        """One row with its declared columns made what they are."""
        for name, convert in self.converters.items():
            try:
                row[name] = convert(row.get(name))
            except (ValueError, InvalidOperation) as error:
                raise Data(
                    f"Line {line}, column “{name}”: {error.args[0] if isinstance(error, ValueError) else 'not a number.'}",
                    code="cell",
                    info={"line": line, "column": name},
                ) from error
        return row


def cells_of(names: Sequence[str], declared: Sequence[Mapping[str, Json]]) -> Cells:
    """Raises `Data` for a header that repeats a name, or lacks a declared column."""
    if not all(names):
        raise Data("A column has no name in the first row.", code="header", info={"line": 1})
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise Data(f"The column “{repeated[0]}” is there twice.", code="header", info={"line": 1})
    lacking = [column["name"] for column in declared if names and column["name"] not in names]
    if lacking:
        raise Data(
            f"The column “{lacking[0]}” is missing; there are {', '.join(f'“{name}”' for name in names[:30])}.",
            code="column_missing",
            pointer="/columns",
            info={"line": 1, "column": lacking[0]},
        )
    return Cells(names, {column["name"]: partial(_converted, column) for column in declared})


def _converted(column: Mapping[str, Json], value: Json) -> Json:
    """The value of one cell, None for an empty one. Raises `ValueError` with a sentence."""
    kind = column.get("type", "text")
    if value is None or (isinstance(value, str) and not value.strip()):
        if column.get("required"):
            raise ValueError("it must not be empty.")
        return "" if kind == "text" else None
    return _KINDS[kind](column, value)


def _integer(_column: Mapping[str, Json], value: Json) -> int:
    plain = str(value).strip()
    if re.fullmatch(r"[+-]?\d{1,18}(\.0*)?", plain) is None or isinstance(value, bool):
        raise ValueError(f"{_quoted(value)} is not a whole number.")
    return int(plain.partition(".")[0])


def _decimal(column: Mapping[str, Json], value: Json) -> str:
    plain = str(value).strip().replace("\u00a0", "").replace(" ", "")
    if isinstance(value, str) and column.get("decimal_comma"):
        plain = plain.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", plain):
        plain = plain.replace(",", "")
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", plain) is None or isinstance(value, bool):
        raise ValueError(f"{_quoted(value)} is not a decimal number.")
    return f"{Decimal(plain):f}"


def _boolean(_column: Mapping[str, Json], value: Json) -> bool:
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise ValueError(f"{_quoted(value)} is neither yes nor no.")
    return word in _YES


def _date(column: Mapping[str, Json], value: Json) -> str:
    wanted = column.get("date_format", "YYYY-MM-DD")
    plain = str(value).strip()
    for pattern in (_DATES[wanted], "%Y-%m-%dT00:00:00"):
        try:
            return datetime.strptime(plain, pattern).replace(tzinfo=UTC).date().isoformat()
        except ValueError:
            continue
    raise ValueError(f"{_quoted(value)} is not a date written {wanted}.")


def _timestamp(_column: Mapping[str, Json], value: Json) -> str:
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"{_quoted(value)} is not a moment such as 2026-11-21T09:30:00Z.") from None
    if moment.tzinfo is None:
        raise ValueError(f"{_quoted(value)} doesn't say its time zone.")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: object) -> Json:
    """A spreadsheet's cell as JSON: numbers as decimal text, days and moments in ISO 8601."""
    if value is None or isinstance(value, bool | str):
        return "" if value is None else value
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        whole = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return f"{whole:f}"
    return str(value)


def _quoted(value: Json) -> str:
    shown = str(value)
    return f"“{shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '…'}”"


_KINDS: Mapping[str, Callable[[Mapping[str, Json], Json], Json]] = {
    "text": lambda _column, value: str(value),
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
}
