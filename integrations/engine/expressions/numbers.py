"""Numbers on their way in: what a double can hold stays a number, everything else becomes text, exactly (DESIGN §4)."""

import json
from decimal import Decimal

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json

__all__ = ["exact", "load", "survives"]

_DIGITS = 400
"""A number with more characters than this is refused: nobody means it."""


def survives(text: str) -> bool:
    """True when the number written as `text` keeps its value as a double (10.00 does, 9007199254740993 doesn't)."""
    return len(text) <= _DIGITS and Decimal(text) == Decimal(repr(float(text)))


def load(text: str | bytes) -> Json:
    """Parse JSON as it comes from outside. Raises `Data` for what isn't JSON, NaN and Infinity included."""
    try:
        return json.loads(text, parse_float=_number, parse_int=_integer, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise Data(f"This is not valid JSON: {error}.", code="not_json") from error


def exact(value: Json) -> Json:
    """The same walk over a value that is parsed already: `Decimal`s and big integers become numbers or text."""
    if isinstance(value, dict):
        return {key: exact(part) for key, part in value.items()}
    if isinstance(value, list):
        return [exact(part) for part in value]
    if isinstance(value, Decimal):
        return _number(str(value)) if value.is_finite() else _refused(str(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return _integer(str(value))
    return value


def _number(text: str) -> float | str:
    return float(text) if survives(text) else text


def _integer(text: str) -> int | str:
    return int(text) if survives(text) else text


def _refused(text: str) -> Json:
    raise ValueError(f"{text} is not a number")
