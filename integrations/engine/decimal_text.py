"""Decimals as text: the one place where text becomes a `Decimal`, a `Decimal` becomes text, and amounts are rounded."""

import re
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json
from integrations.engine.limits import LIMITS

__all__ = ["EXACT", "WIDE", "as_decimal", "as_text", "canonical", "currency_places", "is_currency", "rounded"]

EXACT = Context(
    prec=200, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact]
)
"""Never rounds by itself: inputs have at most `LIMITS.numeric_digits` digits, and results are checked by `as_text`."""

WIDE = Context(prec=200, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[InvalidOperation, DivisionByZero, Overflow])
"""For quotients, which are rounded at once: wide enough that rounding twice never shows."""

_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?").fullmatch
"""Nearly all amounts; short ones are within the limits, as small whole numbers are."""
_SHORT, _SMALL = 50, 10**18
_AMPLE = Context(prec=400)
_QUANTA = tuple(Decimal(1).scaleb(-places) for places in range(13))
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_PLACES = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
"""Minor units of the currencies that don't have two (ISO 4217)."""


def as_decimal(value: Json) -> Decimal | None:
    """A decimal from text or a JSON number (a double counts as its shortest text); None for anything else.

    Exponents and digits beyond the limit count as "anything else".
    """
    if type(value) is str and len(value) <= _SHORT and _PLAIN(value):
        return Decimal(value)
    if type(value) is int and -_SMALL < value < _SMALL:
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = value if isinstance(value, str) else repr(value)
    if len(text) > 2 * LIMITS.numeric_digits or not _DECIMAL.fullmatch(text):
        return None
    number = Decimal(text)
    return number if _fits(number, text) else None


def as_text(number: Decimal) -> str:
    """Plain digits, no exponent, "0" without a sign; trailing zeros stay. Raises `Data` beyond the digits allowed."""
    plain = str(number)
    if len(plain) <= LIMITS.numeric_digits and "E" not in plain and number:
        return plain
    text = format(number, "f") if abs(number.adjusted()) <= LIMITS.numeric_digits else ""
    if not _fits(number, text):
        raise Data(f"A decimal may have {LIMITS.numeric_digits} digits.", code="limit")
    return text.removeprefix("-") if not number else text


def canonical(number: Decimal, places: int | None = None) -> str:
    """The one text for a value: exactly `places` digits after the point, or as few as it needs when there is no rule."""
    if places is not None:
        return as_text(rounded(number, places))
    text = as_text(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(number: Decimal, places: int, mode: str = ROUND_HALF_UP) -> Decimal:
    """`number` with exactly `places` digits after the point."""
    quantum = _QUANTA[places] if 0 <= places < len(_QUANTA) else Decimal(1).scaleb(-places)
    return number.quantize(quantum, mode, _AMPLE)


def is_currency(value: Json) -> bool:
    return isinstance(value, str) and _CURRENCY.fullmatch(value) is not None


def currency_places(currency: str) -> int:
    """How many decimal places amounts of a currency have."""
    return _PLACES.get(currency, 2)


def _fits(number: Decimal, text: str) -> bool:
    """True when its plain notation has no more digits than allowed, before and after the point together.

    `text` is any notation of it: a short one without exponent answers at once, which is what nearly all are.
    """
    if text and len(text) <= LIMITS.numeric_digits and "e" not in text and "E" not in text:
        return True
    exponent = number.as_tuple().exponent
    return max(number.adjusted() + 1, 1) + max(-int(exponent), 0) <= LIMITS.numeric_digits
