"""Money on the wire: `{"amount": "1240.00", "currency": "EUR"}`, decimals as text, two places at least."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from rest_framework import serializers

__all__ = ["MoneyShape", "money", "sums"]

_CENT = Decimal("0.01")


class MoneyShape(serializers.Serializer[Any]):
    """An amount and its currency."""

    amount = serializers.CharField(help_text="A decimal as text.")
    currency = serializers.CharField()


def money(amount: Decimal | None, currency: str) -> dict[str, str] | None:
    """None when there is no amount. Zeros behind the second place are dropped; nothing is rounded."""
    if amount is None:
        return None
    plain = amount.quantize(_CENT)
    exact = plain if plain == amount else amount.normalize()
    return {"amount": format(exact, "f"), "currency": currency}


def sums(amounts: Iterable[tuple[Decimal, str]]) -> list[dict[str, str]]:
    """One sum per currency, the largest first."""
    totals: dict[str, Decimal] = {}
    for amount, currency in amounts:
        totals[currency] = totals.get(currency, Decimal(0)) + amount
    ordered = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return [shape for currency, total in ordered if (shape := money(total, currency))]
