"""Reading one place of an answer by its JSON pointer."""

from connectors.sdk.wire import Json

__all__ = ["at", "text_at"]


def at(value: Json, pointer: str) -> Json:
    """The value at `pointer` ("" = all of it), or None when there is none."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def text_at(value: Json, pointer: str) -> str:
    """The text or whole number at `pointer` as text, or ""."""
    found = at(value, pointer)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
