"""Numbers that stay exact: reading JSON without losing digits, and decimals as text (DESIGN §4)."""

import json
import re
from decimal import Decimal, InvalidOperation

import orjson

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json

__all__ = ["decimal_of", "decimal_text", "is_decimal", "parse_json"]

_DIGITS, _OTHER, _EXPONENT = b"0 E"
_LENGTHS = bytes(_DIGITS if byte in b"0123456789." else _OTHER for byte in range(256))
_EXPONENTS = bytes(
    _DIGITS if byte in b"0123456789" else _EXPONENT if byte in b"eE" else _OTHER for byte in range(256)
)
_RISKY_LENGTH = b"0" * 16
"""Only numbers of 16 or more digits, or with an exponent, can fail to survive a double. Looked for in a copy in which all
digits are alike, which takes a tenth of a regular expression's time."""

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_LARGEST_EXACT_INTEGER = 2**53
_LONGEST = 64
"""Digits a decimal text may have: beyond any amount, and short enough to compute with."""


def parse_json(raw: bytes) -> Json:
    """Parse JSON; a number that would not survive a double becomes a string with its exact digits.

    Raises `ValueError` when `raw` isn't JSON.
    """
    if _RISKY_LENGTH not in raw.translate(_LENGTHS) and b"0E" not in raw.translate(_EXPONENTS):
        return orjson.loads(raw)
    return json.loads(raw, parse_float=_exact_float, parse_int=_exact_int, parse_constant=_refuse_constant)


def is_decimal(text: str) -> bool:
    """True for a plain decimal text such as "-12.50": no exponent, no sign but minus, no spaces."""
    return len(text) <= _LONGEST and _DECIMAL.fullmatch(text) is not None


def decimal_of(value: Json, pointer: str = "") -> Decimal:
    """The `Decimal` of a decimal text, an integer or a JSON double. Raises `Data` at `pointer` for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Data("A number is expected here.", code="not_a_number", pointer=pointer)
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Data(f"“{value}” is not a number.", code="not_a_number", pointer=pointer) from error
    if not number.is_finite():
        raise Data(f"“{value}” is not a number.", code="not_a_number", pointer=pointer)
    return number


def decimal_text(value: Json, places: int | None = None, pointer: str = "") -> str:
    """A number as decimal text without exponent; `places` pads with zeros ("10" → "10.00") but never rounds."""
    number = decimal_of(value, pointer)
    if places is not None:
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent < places:
            number = number.quantize(Decimal(1).scaleb(-places))
    return format(number, "f")


def _exact_float(text: str) -> float | str:
    number = float(text)
    return number if Decimal(text) == Decimal(repr(number)) else text


def _exact_int(text: str) -> int | str:
    number = int(text) if len(text) < _LONGEST else None
    return number if number is not None and abs(number) <= _LARGEST_EXACT_INTEGER else text


def _refuse_constant(text: str) -> Json:
    raise ValueError(f"{text} is not JSON")
