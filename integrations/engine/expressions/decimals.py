"""Money, prices and quantities: arithmetic on decimal strings, never on binary numbers."""

from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from typing import NoReturn

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json
from integrations.engine.decimal_text import (
    EXACT,
    WIDE,
    as_decimal,
    as_text,
    currency_places,
    is_currency,
    rounded,
)
from integrations.engine.expressions.function import Function, Parameter, wrong_argument

__all__ = ["DECLARED"]

_MODES = {"half-up": "ROUND_HALF_UP", "half-even": "ROUND_HALF_EVEN", "down": "ROUND_DOWN", "up": "ROUND_UP"}


def _decimal(function: str, value: Json) -> Decimal:
    number = as_decimal(value)
    if number is None:
        raise wrong_argument(function, 'a decimal number such as "12.50"', value)
    return number


def _exactly(function: str, compute: Callable[[Decimal, Decimal], Decimal], parts: tuple[Json, ...]) -> str:
    if len(parts) == 2:  # noqa: PLR2004 - nearly always, and worth doing without a loop
        return as_text(compute(_decimal(function, parts[0]), _decimal(function, parts[1])))
    if not parts:
        raise wrong_argument(function, "at least one amount", None)
    return as_text(reduce(compute, (_decimal(function, part) for part in parts)))


def _add(*parts: Json) -> str:
    return _exactly("add", EXACT.add, parts)


def _sub(*parts: Json) -> str:
    return _exactly("sub", EXACT.subtract, parts)


def _mul(*parts: Json) -> str:
    return _exactly("mul", EXACT.multiply, parts)


def _div(a: Json = None, b: Json = None, places: Json = None, mode: Json = "half-up") -> str:
    divisor = _decimal("div", b)
    if not divisor:
        raise Data("$div can't divide by zero.", code="division_by_zero")
    quotient = WIDE.divide(_decimal("div", a), divisor)
    return as_text(rounded(quotient, _places("div", places), _mode("div", mode)))


def _neg(value: Json = None) -> str:
    return as_text(-_decimal("neg", value))


def _cmp(a: Json = None, b: Json = None) -> int:
    return int(_decimal("cmp", a).compare(_decimal("cmp", b)))


def _decimal_of(value: Json = None) -> str:
    return as_text(_decimal("decimal", value.strip() if isinstance(value, str) else value))


def _round_money(amount: Json = None, places: Json = 2, mode: Json = "half-up") -> Json:
    if isinstance(amount, dict):
        number, currency = _money_parts("roundMoney", amount)
        return _money_json(rounded(number, currency_places(currency), _mode("roundMoney", mode)), currency)
    return as_text(
        rounded(_decimal("roundMoney", amount), _places("roundMoney", places), _mode("roundMoney", mode))
    )


def _sum_decimal(amounts: Json = None) -> str:
    return as_text(reduce(EXACT.add, (_decimal("sumDecimal", part) for part in _list(amounts)), Decimal(0)))


def _sum_money(amounts: Json = None, currency: Json = None) -> Json:
    """Without a currency given, at least one amount must say it."""
    parts = [_money_parts("sumMoney", part) for part in _list(amounts)]
    currencies = {part[1] for part in parts} | (
        {_currency("sumMoney", currency)} if currency is not None else set()
    )
    if len(currencies) > 1:
        _mixed("sumMoney", currencies)
    if not currencies:
        raise wrong_argument("sumMoney", "at least one amount of money, or a currency", None)
    return _money_json(reduce(EXACT.add, (part[0] for part in parts), Decimal(0)), currencies.pop())


def _money(amount: Json = None, currency: Json = None) -> Json:
    code = _currency("money", currency)
    if not isinstance(amount, dict):
        return _money_json(_decimal("money", amount), code)
    number, given = _money_parts("money", amount)
    return _money_json(number, given) if given == code else _mixed("money", {given, code})


def _mixed(function: str, currencies: set[str]) -> NoReturn:
    raise Data(
        f"${function} can't mix currencies: {', '.join(sorted(currencies))}.",
        code="mixed_currencies",
        info={"currencies": sorted(currencies)},
    )


def _money_parts(function: str, value: Json) -> tuple[Decimal, str]:
    if not isinstance(value, dict):
        raise wrong_argument(function, "money, as $money(amount, currency) gives it", value)
    return _decimal(function, value.get("amount")), _currency(function, value.get("currency"))


def _money_json(amount: Decimal, currency: str) -> Json:
    return {"amount": as_text(amount), "currency": currency}


def _currency(function: str, value: Json) -> str:
    if not is_currency(value):
        raise wrong_argument(function, 'a currency code such as "EUR"', value)
    return str(value)


def _places(function: str, value: Json) -> int:
    if is_currency(value):
        return currency_places(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 12:  # noqa: PLR2004
        raise wrong_argument(function, "a number of decimal places (0 to 12) or a currency", value)
    return value


def _mode(function: str, value: Json) -> str:
    if value not in _MODES:
        raise wrong_argument(function, f"a rounding mode ({', '.join(_MODES)})", value)
    return _MODES[value]


def _list(value: Json) -> list[Json]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


_A, _B = Parameter("a", "decimal"), Parameter("b", "decimal")
_MORE = Parameter("more", "decimal", optional=True, many=True)
_ROUND = (Parameter("places", "any", optional=True), Parameter("mode", "text", optional=True))

DECLARED = (
    Function(
        "add", (_A, _B, _MORE), "decimal", "The sum of decimals.", ('$add("0.10", "0.20")', "0.30"), _add
    ),
    Function(
        "sub",
        (_A, _B, _MORE),
        "decimal",
        "The first less the others.",
        ('$sub("1.00", "0.10")', "0.90"),
        _sub,
    ),
    Function(
        "mul",
        (_A, _B, _MORE),
        "decimal",
        "The product, exactly, not rounded.",
        ('$mul("15", "30.095")', "451.425"),
        _mul,
    ),
    Function(
        "div",
        (_A, _B, Parameter("places", "any"), Parameter("mode", "text", optional=True)),
        "decimal",
        "The quotient, rounded half up to so many places (or to a currency's).",
        ('$div("10", "3", 2)', "3.33"),
        _div,
    ),
    Function("neg", (_A,), "decimal", "The amount with the other sign.", ('$neg("12.50")', "-12.50"), _neg),
    Function(
        "cmp",
        (_A, _B),
        "number",
        "-1, 0 or 1: whether the first is smaller than, equal to or greater than the second.",
        ('$cmp("9.5", "10") < 0', True),
        _cmp,
    ),
    Function(
        "decimal",
        (Parameter("value", "any"),),
        "decimal",
        "A number or text as a decimal; fails on anything that isn't one.",
        ('$decimal(" 12.50 ")', "12.50"),
        _decimal_of,
    ),
    Function(
        "roundMoney",
        (Parameter("amount", "decimal"), *_ROUND),
        "decimal",
        "Rounded half up to 2 places, or to so many places, or to a currency's; money keeps its currency.",
        ('$roundMoney($mul("15", "30.095"))', "451.43"),
        _round_money,
    ),
    Function(
        "sumDecimal",
        (Parameter("amounts", "list"),),
        "decimal",
        "The sum of a list of decimals; 0 for none.",
        ('$sumDecimal(["1.10", "2.20"])', "3.30"),
        _sum_decimal,
    ),
    Function(
        "sumMoney",
        (Parameter("amounts", "list"), Parameter("currency", "text", optional=True)),
        "money",
        "The sum of a list of money, all in one currency.",
        ('$sumMoney([$money("1.10", "EUR"), $money("2", "EUR")])', {"amount": "3.10", "currency": "EUR"}),
        _sum_money,
    ),
    Function(
        "money",
        (Parameter("amount", "decimal"), Parameter("currency", "text")),
        "money",
        "An amount with its currency.",
        ('$money("12.50", "EUR")', {"amount": "12.50", "currency": "EUR"}),
        _money,
    ),
)
