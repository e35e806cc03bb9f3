"""Most expressions only name a field (`$steps.deal.key`, `$event.lines[0].sku`): followed here, at a tenth of the price.

Only where that gives the same as the language engine, without question: through objects, to a text, true, false, null or
nothing. Lists (which JSONata maps over), numbers and whole objects are left to the engine, except where somebody wants
just the list (`find_list`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.sdk.wire import Json
from integrations.engine.expressions.missing import MISSING
from integrations.engine.long_list import LongList

__all__ = ["UNSURE", "find_list", "follow", "plain_path"]

_PATH = re.compile(r"\$([a-z]+)((?:\.[A-Za-z_][A-Za-z0-9_]*|\.`[^`\\]+`|\[\d{1,6}\])*)", re.ASCII)
_PART = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\.`([^`\\]+)`|\[(\d+)\]", re.ASCII)
_WORDS = frozenset({"and", "or", "in", "null", "true", "false", "function"})
"""Names that mean something else where an operator or a value may stand."""


class _Unsure:
    """The engine has to say."""


UNSURE: Final = _Unsure()


def plain_path(source: str, names: Sequence[str]) -> tuple[str | int, ...] | None:
    """The name, fields and places of an expression that is only a path from one of `names`; None for any other."""
    found = _PATH.fullmatch(source)
    if found is None or found[1] not in names:
        return None
    parts: list[str | int] = [found[1]]
    for plain, quoted, place in _PART.findall(found[2]):
        if plain in _WORDS:
            return None
        parts.append(int(place) if place else plain or quoted)
    return tuple(parts)


def follow(path: tuple[str | int, ...], names: Mapping[str, Json]) -> Any:
    """What stands at the path, `MISSING` for nothing, or `UNSURE`."""
    value: Any = names
    for part in path:
        if isinstance(value, dict):
            if part not in value:
                return MISSING if isinstance(part, str) else UNSURE
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int):
            if part >= len(value):
                return MISSING
            value = value[part]
        elif isinstance(value, list | LongList) or isinstance(part, int):
            return UNSURE
        else:
            return MISSING
    return value if value is None or isinstance(value, str | bool) else UNSURE


def find_list(path: tuple[str | int, ...], names: Mapping[str, Json]) -> list[Json] | LongList | None:
    """The list that stands at the path, through objects only; None for anything else."""
    value: Any = names
    for part in path:
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value if isinstance(value, list | LongList) else None
