"""What a value is known to be while compiling: where its parts come from, and which of them are decimals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from connectors.sdk.wire import Json, Schema

__all__ = ["UNKNOWN", "Shape", "alternatives", "decimal_shape", "element", "member", "money_shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """`source` says how the value comes about:

    path (read from data, described by `schema` as far as known), decimal (a decimal function's result), constant
    (`value`), object (`fields`), list (`item`), choice (one of `options`), other (anything else; `what` says it in words).
    `node` and `position` are where it was written.
    """

    source: Literal["path", "decimal", "constant", "object", "list", "choice", "other"]
    schema: Schema = field(default_factory=dict)
    value: Json = None
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    item: "Shape | None" = None
    options: tuple["Shape", ...] = ()
    what: str = ""
    node: str = ""
    position: int = 0

    @property
    def is_decimal(self) -> bool:
        """Certainly decimal text: from a decimal function, a field typed so, or a choice with such."""
        if self.source == "choice":
            return any(option.is_decimal for option in self.options)
        return self.source == "decimal" or (self.source == "path" and bool(self.schema.get("x-decimal")))


UNKNOWN = Shape("path")
"""Read from data we know nothing of."""


def decimal_shape() -> Shape:
    return Shape("decimal")


def money_shape() -> Shape:
    return Shape("object", fields={"amount": decimal_shape(), "currency": UNKNOWN})


def member(shape: Shape, name: str) -> Shape:
    """The field `name`; of a list, that of its items."""
    match shape.source:
        case "choice":
            return _either(tuple(member(option, name) for option in shape.options))
        case "list":
            return member(shape.item or UNKNOWN, name)
        case "object":
            return shape.fields.get(name, UNKNOWN)
        case "path":
            inner = _items(shape.schema)
            return replace(shape, schema=inner.get("properties", {}).get(name, {}))
    return shape if shape.source == "other" else UNKNOWN


def element(shape: Shape) -> Shape:
    """One item of a list; a value that is no list stands for itself, as JSONata has it."""
    match shape.source:
        case "choice":
            return _either(tuple(element(option) for option in shape.options))
        case "list":
            return shape.item or UNKNOWN
        case "path":
            return replace(shape, schema=_items(shape.schema))
    return shape


def alternatives(shape: Shape) -> Iterator[Shape]:
    """The shapes a value may have, choices taken apart."""
    if shape.source != "choice":
        yield shape
        return
    for option in shape.options:
        yield from alternatives(option)


def _either(options: tuple[Shape, ...]) -> Shape:
    return Shape("choice", options=options)


def _items(schema: Schema) -> Schema:
    while "items" in schema and isinstance(schema["items"], Mapping):
        schema = schema["items"]
    return schema
