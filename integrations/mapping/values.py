"""Turns what people type or send into the typed values of a mapping row, and says everything that is wrong with it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from connectors.sdk.wire import Json

__all__ = ["COLUMN_TYPES", "Dates", "RowProblem", "RowRefused", "checked_dates", "checked_values", "written"]

COLUMN_TYPES = ("text", "number", "decimal", "boolean", "date")
_LONGEST_TEXT = 2000
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z", re.ASCII)
_YES = frozenset({"true", "yes", "y", "1"})
_NO = frozenset({"false", "no", "n", "0"})


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one column ("" = the row as a whole), as a sentence."""

    column: str
    sentence: str


class RowRefused(Exception):  # noqa: N818 - named by what happened to the row
    """A row that can't be kept; `problems` holds all reasons."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(" ".join(one.sentence for one in problems))
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Dates:
    """The days in force, both inclusive; None = open."""

    first: date | None = None
    last: date | None = None

    def meets(self, other: "Dates") -> bool:
        """Whether some day belongs to both."""
        starts_after = self.first and other.last and self.first > other.last
        ends_before = self.last and other.first and self.last < other.first
        return not starts_after and not ends_before

    def __str__(self) -> str:
        if self.first is None and self.last is None:
            return "on every day"
        if self.last is None:
            return f"from {_day(self.first)} on"
        return (
            f"until {_day(self.last)}" if self.first is None else f"{_day(self.first)} to {_day(self.last)}"
        )


def checked_values(
    columns: Sequence[Mapping[str, Json]], raw: Mapping[str, Json]
) -> tuple[dict[str, Json], list[RowProblem]]:
    """Typed values by column key, and every problem found. Empty cells are None; a key column may not be empty."""
    values: dict[str, Json] = {}
    problems: list[RowProblem] = []
    for column in columns:
        key, title = str(column["key"]), str(column.get("title") or column["key"])
        try:
            values[key] = _typed(raw.get(key), str(column.get("type", "text")), title)
        except ValueError as refusal:
            problems.append(RowProblem(key, str(refusal)))
            continue
        if column.get("is_key") and values[key] is None:
            problems.append(RowProblem(key, f"{title} is part of the key and can't be empty."))
    return values, problems


def checked_dates(first: Json, last: Json) -> tuple[Dates, list[RowProblem]]:
    """Days in force from ISO text, dates or None."""
    read: list[date | None] = []
    problems: list[RowProblem] = []
    for name, title, value in (("valid_from", "From", first), ("valid_to", "To", last)):
        try:
            text = _typed(value, "date", title)
        except ValueError as refusal:
            problems.append(RowProblem(name, str(refusal)))
            text = None
        read.append(date.fromisoformat(text) if text else None)
    dates = Dates(read[0], read[1])
    if dates.first and dates.last and dates.first > dates.last:
        problems.append(
            RowProblem("valid_to", f"To ({_day(dates.last)}) is before From ({_day(dates.first)}).")
        )
    return dates, problems


def written(value: Json) -> str:
    """A typed value as a cell shows it: the inverse of what `checked_values` reads."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _typed(value: Json, kind: str, title: str) -> Json:
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        return None
    return _READERS.get(kind, _text)(value, title)


def _text(value: Json, title: str) -> Json:
    text = written(value)
    if len(text) > _LONGEST_TEXT:
        raise ValueError(f"{title} has {len(text)} characters, {_LONGEST_TEXT} is the most.")
    return text


def _decimal(value: Json, title: str) -> Json:
    return format(_plain(value, title, "4000.00"), "f")


def _number(value: Json, title: str) -> Json:
    number = _plain(value, title, "20")
    if number == number.to_integral_value() and abs(number) < 2**53:
        return int(number)
    if Decimal(repr(float(number))) != number:
        raise ValueError(f"{title} has more digits than a number column keeps. Use a decimal column.")
    return float(number)


def _plain(value: Json, title: str, example: str) -> Decimal:
    text = written(value)
    refusal = f"{title}: “{text}” is not a number. Use digits and a point, for example {example}."
    if isinstance(value, bool) or not (isinstance(value, int | float) or _PLAIN_NUMBER.match(text)):
        raise ValueError(refusal)
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(refusal) from error
    if not number.is_finite():
        raise ValueError(refusal)
    return number


def _boolean(value: Json, title: str) -> Json:
    text = written(value).casefold()
    if text in _YES or text in _NO:
        return text in _YES
    raise ValueError(f"{title}: “{text}” is neither yes nor no.")


def _date(value: Json, title: str) -> Json:
    if isinstance(value, date):
        return date(value.year, value.month, value.day).isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise ValueError(f"{title}: “{value}” is not a day. Write it like 2026-11-21.") from error


def _day(value: date | None) -> str:
    return f"{value.day} {value:%b %Y}" if value else ""


_READERS: Mapping[str, Callable[[Json, str], Json]] = {
    "number": _number,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _date,
}
