"""Line items of a deal. Streak has none, so they are kept as JSON in a text field; this reads them without losing a digit."""

import json

from connectors.sdk.errors import Data
from connectors.sdk.numbers import is_decimal
from connectors.sdk.wire import Json

__all__ = ["lines_from"]

_TEXTS = ("sku", "description", "category", "tax")
_DECIMALS = ("quantity", "unit_price")
_POINTER = "/lines_field"


def lines_from(text: Json) -> list[dict[str, str]]:
    """[{sku, description, category, quantity, unit_price, tax}], the last three as text; [] for an empty field.

    Takes a JSON array, or an object with `lines`. Raises `Data` saying which line is wrong.
    """
    if text is None or (isinstance(text, str) and not text.strip()):
        return []
    try:
        parsed = json.loads(str(text), parse_float=str, parse_int=str)
    except ValueError as error:
        raise Data(
            "The line items of this deal are not readable JSON.", code="lines_unreadable", pointer=_POINTER
        ) from error
    lines = parsed.get("lines") if isinstance(parsed, dict) else parsed
    if not isinstance(lines, list):
        raise Data("The line items of this deal are not a list.", code="lines_unreadable", pointer=_POINTER)
    return [_line(number, line) for number, line in enumerate(lines, start=1)]


def _line(number: int, line: Json) -> dict[str, str]:
    if not isinstance(line, dict):
        raise _wrong(number, "is not an object")
    read = {name: "" if line.get(name) is None else str(line[name]) for name in _TEXTS}
    for name in _DECIMALS:
        value = str(line.get(name, "")).strip()
        if not is_decimal(value):
            raise _wrong(
                number,
                f"has “{value}” for {name.replace('_', ' ')}"
                if value
                else f"has no {name.replace('_', ' ')}",
            )
        read[name] = value
    return read


def _wrong(number: int, what: str) -> Data:
    return Data(f"Line item {number} {what}.", code="line_wrong", pointer=_POINTER, info={"line": number})
