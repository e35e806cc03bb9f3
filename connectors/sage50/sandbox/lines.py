"""Invoice lines: checked the way Sage checks them, and added up from quantity, price, discount and tax."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connectors.sage50.sandbox.catalogue import link
from connectors.sage50.sandbox.refusals import Problems
from connectors.sage50.sandbox.values import CENT, amount, check_known, decimal, new_id, round2
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["line_view", "priced"]

_NUMBERS = ("quantity", "unit_price", "tax_amount", "discount_amount", "discount_percentage")
_UNTAXED = ("ZERO", "EXEMPT", "NO_TAX")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class _Sums:
    net: Decimal
    tax: Decimal
    discount: Decimal


def priced(
    world: World, problems: Problems, lines: Sequence[Json], field: str = "invoice_lines"
) -> list[Record]:
    """The lines of `field` as they are kept, amounts as texts; what is wrong with them goes to `problems`."""
    kept = []
    for number, line in enumerate(lines):
        path = f"{field}[{number}]."
        if not isinstance(line, dict):
            problems.add(path.rstrip("."), "is invalid")
            continue
        numbers = _numbers(problems, line, path)
        _check(world, problems, line, path)
        sums = _sums(line, numbers, _rate(world, line))
        _check_tax(world, problems, line, sums, path)
        kept.append(_kept(line, numbers, sums))
    return kept


def _numbers(problems: Problems, line: Record, path: str) -> Mapping[str, Decimal]:
    found = {}
    for name in _NUMBERS:
        if line.get(name) is None:
            continue
        value = decimal(line[name])
        if value is None:
            problems.add(f"{path}{name}", "is not a number")
        found[name] = value or Decimal()
    return found


def _check(world: World, problems: Problems, line: Record, path: str) -> None:
    for name in ("description", "ledger_account_id", "unit_price"):
        if line.get(name) in (None, ""):
            problems.add(f"{path}{name}", "can't be blank")
    kinds = {"tax_rate_id": "tax_rate", "product_id": "product", "service_id": "service"}
    check_known(world, problems, line, kinds, path)
    account = world.records.get("ledger_account", str(line.get("ledger_account_id")))
    if line.get("ledger_account_id") and account is None:
        problems.add(f"{path}ledger_account_id", "does not exist")
    if account and "sales" not in account["visible_in"]:
        problems.add(f"{path}ledger_account_id", "can't be used for sales")
    if line.get("product_id") and line.get("service_id"):
        problems.add(f"{path}service_id", "can't be set together with a product")
    if line.get("discount_amount") and line.get("discount_percentage"):
        problems.add(f"{path}discount_percentage", "can't be set together with an amount")


def _rate(world: World, line: Record) -> Decimal:
    rate = world.records.get("tax_rate", str(line.get("tax_rate_id")))
    return amount(rate["percentage"]) if rate else Decimal()


def _sums(line: Record, numbers: Mapping[str, Decimal], rate: Decimal) -> _Sums:
    full = numbers.get("quantity", Decimal(1)) * numbers.get("unit_price", Decimal())
    share = numbers.get("discount_percentage", Decimal()) / HUNDRED
    discount = round2(numbers.get("discount_amount", full * share))
    price = round2(full - discount)
    if line.get("unit_price_includes_tax"):
        tax = numbers.get("tax_amount", round2(price - price / (1 + rate / HUNDRED)))
        return _Sums(price - tax, tax, discount)
    return _Sums(price, numbers.get("tax_amount", Decimal()), discount)


def _check_tax(world: World, problems: Problems, line: Record, sums: _Sums, path: str) -> None:
    key = str(line.get("tax_rate_id") or "NO_TAX")
    rate = _rate(world, line)
    if line.get("tax_amount") is None and not key.endswith(_UNTAXED):
        problems.add(f"{path}tax_amount", "can't be blank")
        return
    if abs(sums.tax - round2(sums.net * rate / HUNDRED)) > CENT:
        problems.add(f"{path}tax_amount", f"does not match the tax rate of {rate}%")
    if sums.tax != round2(sums.tax):
        problems.add(f"{path}tax_amount", "has more than two decimal places")


def _kept(line: Record, numbers: Mapping[str, Decimal], sums: _Sums) -> Record:
    texts = (
        "description",
        "ledger_account_id",
        "tax_rate_id",
        "product_id",
        "service_id",
        "eu_goods_services_type_id",
    )
    return {
        "id": line.get("id") or new_id(),
        **{name: line.get(name) for name in texts},
        "quantity": str(numbers.get("quantity", Decimal(1))),
        "unit_price": str(numbers.get("unit_price", Decimal())),
        "unit_price_includes_tax": bool(line.get("unit_price_includes_tax")),
        "discount_amount": str(sums.discount),
        "net_amount": str(sums.net),
        "tax_amount": str(sums.tax),
        "total_amount": str(sums.net + sums.tax),
    }


def line_view(world: World, line: Record) -> dict[str, Json]:
    """A kept line as the API shows it."""
    numbers = ("quantity", "unit_price", "discount_amount", "net_amount", "tax_amount", "total_amount")
    return {
        "id": line["id"],
        "displayed_as": line["description"],
        "description": line["description"],
        "product": link(world, "product", line["product_id"]),
        "service": link(world, "service", line["service_id"]),
        "ledger_account": link(world, "ledger_account", line["ledger_account_id"]),
        "tax_rate": link(world, "tax_rate", line["tax_rate_id"]),
        "unit_price_includes_tax": line["unit_price_includes_tax"],
        **{name: amount(line[name]) for name in numbers},
    }
