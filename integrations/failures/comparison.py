"""Two payloads side by side, field by field: what was made and what is meant now."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.sdk.wire import Json

__all__ = ["Difference", "compare"]

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in both payloads. Texts are as written; "" = the field is not there."""

    place: str
    confirmed: str
    intended: str
    changed: bool


def compare(confirmed: Json, intended: Json) -> list[Difference]:
    """Every leaf of both, in the order of the confirmed one; list items by position, from 1."""
    before, after = dict(_leaves(confirmed, ())), dict(_leaves(intended, ()))
    places = [*before, *(place for place in after if place not in before)]
    return [
        Difference(
            " / ".join(place),
            _text(before.get(place, _MISSING)),
            _text(after.get(place, _MISSING)),
            not _same(before.get(place, _MISSING), after.get(place, _MISSING)),
        )
        for place in places
    ]


def _same(one: Json, other: Json) -> bool:
    """Equal, and not merely as Python has it: `false` is no 0."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _leaves(value: Json, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, (*place, str(name)))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value, start=1):
            yield from _leaves(inner, (*place, str(number)))
    else:
        yield place, value


def _text(value: Json) -> str:
    if value is _MISSING:
        return ""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "empty" if value in ("", [], {}) else str(value)
