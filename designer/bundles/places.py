"""JSON pointers into flow documents: reading a place and putting a set-up answer there."""

import copy
from typing import Any

from connectors.sdk.wire import Json

__all__ = ["find", "placed"]


def find(document: Json, pointer: str) -> Any:
    """The value at `pointer`, or None when there is nothing."""
    value = document
    for token in _tokens(pointer):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return value


def placed(document: Json, pointer: str, value: Json) -> Json:
    """A copy of `document` with `value` at `pointer`, which must be there already. Raises KeyError when it isn't."""
    changed = copy.deepcopy(document)
    *before, last = _tokens(pointer)
    target: Any = changed
    for token in before:
        target = target[int(token)] if isinstance(target, list) else target[token]
    if isinstance(target, list):
        target[int(last)] = value
    elif last in target:
        target[last] = value
    else:
        raise KeyError(pointer)
    return changed


def _tokens(pointer: str) -> list[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
