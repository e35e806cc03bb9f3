"""The gate before a far system: whatever enters a decimal field leaves as one exact decimal text, or not at all (DESIGN §4).

Schema keywords: `x-decimal` (true, or {"places": n} for exactly n digits after the point), `x-currency` (the field that
holds its currency: the name of one beside it, or a pointer such as "/currency" from the top), and on an object
`x-adds-up`: [{"total": name, "parts": [names]} or {"total": name, "each": list, "of": name}, perhaps with a "tolerance"].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json, Schema
from integrations.engine.decimal_text import EXACT, as_decimal, canonical, is_currency
from integrations.engine.expressions.template import escaped

__all__ = ["decimal_fields", "decimal_text", "gate"]

_DEPTH = 12
"""How deep a schema is followed; recursive schemas end there."""


def gate(schema: Schema, data: Json) -> Json:
    """`data` with every decimal field in canonical text. `schema` may be cut down by `decimal_fields`.

    Raises `Data` with the pointer of what is not a decimal, is a binary number, has more digits than its schema allows,
    has no valid currency, or doesn't add up. What the schema doesn't describe passes unchanged.
    """
    return _Gate(schema, data).value(schema, data, "")


@dataclass(frozen=True, slots=True)
class _Gate:
    """Walks one document. References in `schema` and pointers to currencies in `whole` begin at the top."""

    schema: Schema
    whole: Json

    def value(self, schema: Schema, data: Json, pointer: str) -> Json:
        if "$ref" in schema:
            schema = _at(self.schema, schema["$ref"].removeprefix("#")) or {}
        if schema.get("x-decimal"):
            return None if data is None else decimal_text(data, schema["x-decimal"], pointer)
        if isinstance(data, list) and "items" in schema:
            return [self.value(schema["items"], item, f"{pointer}/{at}") for at, item in enumerate(data)]
        if isinstance(data, dict) and "properties" in schema:
            return self.object(schema, data, pointer)
        return data

    def object(self, schema: Schema, data: Mapping[str, Json], pointer: str) -> dict[str, Json]:
        checked = dict(data)
        for name, part in schema["properties"].items():
            if data.get(name) is not None:
                checked[name] = self.value(part, data[name], f"{pointer}/{escaped(name)}")
                self.currency(part, data, pointer)
        for rule in schema.get("x-adds-up", ()):
            _add_up(rule, checked, pointer)
        return checked

    def currency(self, schema: Schema, data: Mapping[str, Json], pointer: str) -> None:
        """The currency field of an amount, when it is there, must hold one."""
        named = schema.get("x-currency")
        if not isinstance(named, str):
            return
        place = named if named.startswith("/") else f"{pointer}/{escaped(named)}"
        found = _at(self.whole, named) if named.startswith("/") else data.get(named)
        if found is not None and not is_currency(found):
            message = f"{found!r} is not a currency code such as EUR."
            raise Data(message, code="not_currency", pointer=place)


def decimal_text(value: Json, rule: Json, pointer: str = "") -> str:
    """The canonical text of one value for an `x-decimal` rule; see `gate`."""
    if isinstance(value, float):
        message = f"{value!r} is a binary number, which can't carry money exactly. Make it a decimal with $decimal(…)."
        raise Data(message, code="binary_number", pointer=pointer)
    number = as_decimal(value)
    if number is None:
        shown = "Nothing" if value in ("", None) else repr(value)[:60]
        raise Data(f"{shown} is not a decimal number.", code="not_decimal", pointer=pointer)
    places = rule.get("places") if isinstance(rule, Mapping) else None
    text = canonical(number, places)
    if Decimal(text) != number:
        message = f"{value} has more than {places} digits after the point. Round it with $roundMoney(…)."
        raise Data(message, code="wrong_scale", pointer=pointer, info={"places": places})
    return text


def _add_up(rule: Mapping[str, Json], data: Mapping[str, Json], pointer: str) -> None:
    """Refuse a document whose amounts disagree; amounts that aren't there have no say."""
    total, parts = data.get(rule["total"]), _parts(rule, data)
    if total is None or not all(part is not None for part in parts):
        return
    found = reduce(EXACT.add, (Decimal(part) for part in parts), Decimal(0))
    if abs(found - Decimal(total)) > Decimal(rule.get("tolerance", "0")):
        message = f"The amounts disagree: {rule['total']} is {total}, but its parts make {canonical(found)}."
        raise Data(message, code="amounts_disagree", pointer=f"{pointer}/{escaped(rule['total'])}")


def _parts(rule: Mapping[str, Json], data: Mapping[str, Json]) -> list[Json]:
    if "each" not in rule:
        return [data.get(name) for name in rule["parts"]]
    lines = data.get(rule["each"])
    return [None] if lines is None else [line.get(rule["of"]) for line in lines]


def decimal_fields(schema: Schema) -> Schema:
    """`schema` cut down to what the gate looks at; {} when it has no decimals. References into itself are followed."""
    return _cut(schema, schema, 0)


def _cut(schema: Schema, whole: Schema, depth: int) -> Schema:
    if depth > _DEPTH or not isinstance(schema, Mapping):
        return {}
    if "$ref" in schema:
        return _cut(_at(whole, schema["$ref"].removeprefix("#")), whole, depth + 1)
    if schema.get("x-decimal"):
        return {key: schema[key] for key in ("x-decimal", "x-currency") if key in schema}
    cut: dict[str, Json] = {}
    parts = {name: _cut(part, whole, depth + 1) for name, part in schema.get("properties", {}).items()}
    if kept := {name: part for name, part in parts.items() if part}:
        cut["properties"] = kept
    if items := _cut(schema.get("items", {}), whole, depth + 1):
        cut["items"] = items
    if "x-adds-up" in schema and cut:
        cut["x-adds-up"] = schema["x-adds-up"]
    return cut


def _at(value: Json, pointer: str) -> Json:
    """What a JSON pointer finds, or None."""
    for token in pointer.split("/")[1:]:
        value = value.get(token.replace("~1", "/").replace("~0", "~")) if isinstance(value, Mapping) else None
    return value
