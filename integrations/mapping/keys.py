"""How a mapping table's key is compared: trimmed, case-folded, in one Unicode form, numbers in one spelling."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from connectors.sdk.wire import Json

__all__ = ["SEPARATOR", "key_columns", "lookup_key", "normalise", "shown"]

SEPARATOR = "\x1f"
_LONGEST = 300
_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})


def key_columns(columns: Sequence[Mapping[str, Json]]) -> list[Mapping[str, Json]]:
    """The columns that make the key, in order."""
    return [column for column in columns if column.get("is_key")]


def lookup_key(columns: Sequence[Mapping[str, Json]], key: Sequence[Json]) -> str:
    """The stored form of a key: its normalised parts joined by U+001F; a very long one ends in its hash."""
    joined = SEPARATOR.join(
        normalise(value, str(column.get("type", "text")))
        for column, value in zip(key_columns(columns), key, strict=True)
    )
    if len(joined) <= _LONGEST:
        return joined
    return joined[: _LONGEST - 65] + "#" + hashlib.sha256(joined.encode()).hexdigest()


def normalise(value: Json, kind: str = "text") -> str:
    """One key part as compared. `kind` is the column's type: `10.0` and `10` meet in a number column, not in a text one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    text = unicodedata.normalize("NFC", "" if value is None else str(value)).replace(SEPARATOR, " ")
    return _READ_AS.get(kind, str)(unicodedata.normalize("NFC", text.strip().casefold()))


def shown(key: Sequence[Json]) -> str:
    """A key as people read it: “Lighting · UK”."""
    return " · ".join("" if value is None else str(value).strip() for value in key)


def _number_text(text: str) -> str:
    try:
        return _number(Decimal(text))
    except InvalidOperation:
        return text


def _number(number: Decimal) -> str:
    """`10.00` → "10", `1E+3` → "1000", `-0` → "0"."""
    if not number.is_finite():
        return str(number).casefold()
    if number == 0:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _truth_text(text: str) -> str:
    return "true" if text in _TRUE else "false" if text in _FALSE else text


_READ_AS = {"number": _number_text, "decimal": _number_text, "boolean": _truth_text}
