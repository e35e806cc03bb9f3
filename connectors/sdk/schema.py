"""Small functions that return JSON Schema, so that an operation's input and output read like a list of fields."""

from typing import Any

from connectors.sdk.wire import Schema

__all__ = [
    "boolean",
    "choice",
    "date",
    "decimal",
    "integer",
    "items",
    "json_value",
    "number",
    "obj",
    "secret",
    "text",
    "timestamp",
]

_DECIMAL_PATTERN = r"^-?[0-9]+(\.[0-9]+)?$"


def text(title: str, *, help: str = "", longest: int = 0, shortest: int = 0, **rest: Any) -> Schema:
    """A string; `longest` and `shortest` in characters."""
    bounds = {"maxLength": longest} if longest else {}
    bounds |= {"minLength": shortest} if shortest else {}
    return _field({"type": "string", **bounds}, title, help, rest)


def decimal(title: str, *, help: str = "", currency: str = "", **rest: Any) -> Schema:
    """A decimal string: money, price, quantity or rate. `currency` is the pointer of the field that names its currency."""
    own = {"type": "string", "format": "decimal", "pattern": _DECIMAL_PATTERN, "x-decimal": True}
    return _field(own | ({"x-currency": currency} if currency else {}), title, help, rest)


def integer(title: str, *, help: str = "", **rest: Any) -> Schema:
    return _field({"type": "integer"}, title, help, rest)


def number(title: str, *, help: str = "", **rest: Any) -> Schema:
    """A plain number; never for money."""
    return _field({"type": "number"}, title, help, rest)


def boolean(title: str, *, help: str = "", **rest: Any) -> Schema:
    return _field({"type": "boolean"}, title, help, rest)


def date(title: str, *, help: str = "", **rest: Any) -> Schema:
    """A day as "YYYY-MM-DD"."""
    return _field({"type": "string", "format": "date"}, title, help, rest)


def timestamp(title: str, *, help: str = "", **rest: Any) -> Schema:
    """A moment in ISO 8601, UTC."""
    return _field({"type": "string", "format": "date-time"}, title, help, rest)


def choice(title: str, values: list[str], *, help: str = "", **rest: Any) -> Schema:
    return _field({"type": "string", "enum": values}, title, help, rest)


def secret(title: str, *, help: str = "", **rest: Any) -> Schema:
    """A secret a person types in: never read back."""
    return _field({"type": "string", "minLength": 1, "writeOnly": True, "x-secret": True}, title, help, rest)


def json_value(title: str, *, help: str = "", **rest: Any) -> Schema:
    """Any JSON value."""
    return _field({}, title, help, rest)


def items(title: str, of: Schema, *, help: str = "", **rest: Any) -> Schema:
    """A list of `of`."""
    return _field({"type": "array", "items": dict(of)}, title, help, rest)


def obj(
    properties: dict[str, Schema], *, required: tuple[str, ...] = (), title: str = "", more: bool = False
) -> Schema:
    """An object; unknown fields are refused unless `more`."""
    own: dict[str, Any] = {
        "type": "object",
        "properties": {name: dict(one) for name, one in properties.items()},
    }
    if required:
        own["required"] = list(required)
    if not more:
        own["additionalProperties"] = False
    return _field(own, title, "", {})


def _field(own: dict[str, Any], title: str, help: str, rest: dict[str, Any]) -> Schema:
    described = {"title": title} if title else {}
    described |= {"description": help} if help else {}
    return {
        **own,
        **described,
        **{name.replace("_", "-") if name.startswith("x_") else name: one for name, one in rest.items()},
    }
