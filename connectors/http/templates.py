"""Placeholders such as {{order.id}} in a path, a query, headers and a body: looked up in given values, never evaluated."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json

__all__ = ["filled", "filled_path"]

_PLACE = re.compile(r"\{\{\s*([A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)*)\s*\}\}")


def filled_path(template: str, values: Mapping[str, Json]) -> str:
    """The path with each value quoted as one part of it. Raises `Data` for a value that is missing, empty or a dot segment."""

    def part(found: re.Match[str]) -> str:
        text = _text(_value(found[1], values, "/path"), "/path")
        if text in {"", ".", ".."}:
            raise Data(f"The value for {found[1]} in the path is empty.", code="value_empty", pointer="/path")
        return quote(text, safe="-_.~")

    return _PLACE.sub(part, template)


def filled(template: Json, values: Mapping[str, Json], pointer: str) -> Json:
    """`template` with its placeholders filled in; a text that is nothing but one becomes the value in its own type.

    Raises `Data` for a value that isn't there; `pointer` says where in the operation's input the template is.
    """
    if isinstance(template, dict):
        return {name: filled(one, values, f"{pointer}/{name}") for name, one in template.items()}
    if isinstance(template, list):
        return [filled(one, values, f"{pointer}/{index}") for index, one in enumerate(template)]
    if not isinstance(template, str):
        return template
    whole = _PLACE.fullmatch(template.strip())
    if whole is not None:
        return _value(whole[1], values, pointer)
    return _PLACE.sub(lambda found: _text(_value(found[1], values, pointer), pointer), template)


def _value(name: str, values: Mapping[str, Json], pointer: str) -> Json:
    value: Json = values
    for part in name.split("."):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise Data(f"There is no value for {name}.", code="value_missing", pointer=pointer)
    return value


def _text(value: Json, pointer: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, dict | list):
        raise Data("Only a text or a number fits inside a text.", code="value_shape", pointer=pointer)
    return str(value)
