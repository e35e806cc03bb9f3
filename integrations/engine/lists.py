"""Lists as steps meet them, and what groups of their items come to: sums, extremes, the first and the last."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Literal

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json
from integrations.engine.decimal_text import as_decimal, as_text, is_currency
from integrations.engine.expressions.functions import FUNCTIONS

__all__ = ["NEEDS_VALUE", "OPERATIONS", "Operation", "aggregated", "as_list"]

Operation = Literal["count", "sum", "min", "max", "first", "last", "list"]
OPERATIONS: tuple[Operation, ...] = ("count", "sum", "min", "max", "first", "last", "list")
NEEDS_VALUE: frozenset[Operation] = frozenset({"sum", "min", "max"})
"""Operations on amounts: an item without one is a failure, never a zero."""


def as_list(found: Json) -> list[Json]:
    """A list as JSONata means it: nothing is an empty one, a single value a list of one."""
    return [] if found is None else found if isinstance(found, list) else [found]


def aggregated(operation: Operation, values: list[Json]) -> Json:
    """What the values of one group come to. Sums and extremes are exact decimals, or money in one currency.

    Raises `Data` for values that can't be added up or compared. The extreme of nothing is null, its sum "0".
    """
    return _OPERATIONS[operation](values)


def _sum(values: list[Json]) -> Json:
    money = any(isinstance(value, dict) for value in values)
    for value in values:
        _refuse_binary(value.get("amount") if isinstance(value, dict) else value)
    result: Json = FUNCTIONS["sumMoney" if money else "sumDecimal"].run(values)
    return result


def _extreme(
    choose: Callable[[Iterable[tuple[Decimal, Json]]], tuple[Decimal, Json]],
) -> Callable[[list[Json]], Json]:
    def run(values: list[Json]) -> Json:
        return choose(_measured(values))[1] if values else None

    return run


def _measured(values: list[Json]) -> list[tuple[Decimal, Json]]:
    """(number to compare, value as it is given). Money must be in one currency."""
    currencies = {value.get("currency") if isinstance(value, dict) else None for value in values}
    if len(currencies) > 1:
        shown = ", ".join(sorted(str(one or "none") for one in currencies))
        raise Data(f"Amounts in different currencies can't be compared: {shown}.", code="mixed_currencies")
    return [_number(value) for value in values]


def _number(value: Json) -> tuple[Decimal, Json]:
    amount = value.get("amount") if isinstance(value, dict) and is_currency(value.get("currency")) else value
    _refuse_binary(amount)
    number = as_decimal(amount)
    if number is None:
        raise _not_comparable(value)
    return number, value if isinstance(value, dict) else as_text(number)


def _refuse_binary(value: Json) -> None:
    if isinstance(value, float) and not value.is_integer():
        raise Data(
            f"{value!r} is a binary number. Give amounts as text, such as “12.50”, or with $decimal(…).",
            code="binary_number",
        )


def _not_comparable(value: Json) -> Data:
    return Data(f"Amounts are compared here, but one is {value!r:.60}.", code="not_decimal")


_OPERATIONS: Mapping[Operation, Callable[[list[Json]], Json]] = {
    "count": len,
    "sum": _sum,
    "min": _extreme(lambda found: min(found, key=lambda one: one[0])),
    "max": _extreme(lambda found: max(found, key=lambda one: one[0])),
    "first": lambda values: values[0] if values else None,
    "last": lambda values: values[-1] if values else None,
    "list": list,
}
