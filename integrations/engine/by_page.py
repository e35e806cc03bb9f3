"""Evaluating one expression over many items at once: `$Page` are some items of a list, `$First` is the place of their first.

An expression is evaluated once per page, within the limits of one expression; which item it failed at is found out after.
"""

from collections.abc import Iterator

from connectors.sdk.errors import Data, Failure
from connectors.sdk.wire import Json
from integrations.engine.limits import LIMITS
from integrations.engine.long_list import LongList
from integrations.engine.node import StepScope

__all__ = ["evaluated", "over_items", "slices"]


def over_items(name: str, made: str) -> str:
    """The source of `made` for each item of a page, which it knows as `$<name>`; `$<name>_i` is its place in the list.

    Names of items are in small letters, so that none can hide `$Page`, `$First` and `$At`.
    """
    return f"[$map($Page, function(${name}, $At) {{ (${name}_i := $First + $At; {made}) }})]"


def slices(source: list[Json] | LongList, start: int = 0) -> Iterator[tuple[int, list[Json]]]:
    """(place of the first, items), from the item at `start` on: as many as one evaluation goes through."""
    pages = source.pages(start) if isinstance(source, LongList) else [(start, source[start:])]
    for begins, items in pages:
        for at in range(0, len(items), LIMITS.page):
            yield begins + at, items[at : at + LIMITS.page]


def evaluated(scope: StepScope, source: str, items: list[Json], first: int, pointer: str = "") -> list[Json]:
    """What such an expression gives for these items. A failure has the item's `index` in its info, and a place below
    `pointer` when it is about data and has none."""
    try:
        made: list[Json] = scope.evaluate(source, {"Page": items, "First": first})
    except Failure as failure:
        raise _at_fault(scope, source, items, first, failure, pointer) from failure
    return made


def _at_fault(
    scope: StepScope, source: str, items: list[Json], first: int, failure: Failure, pointer: str
) -> Failure:
    """The failure of the item that fails alone as well; else what the page failed with."""
    if failure.code == "expression_limit":
        failure.info |= {"first": first, "items": len(items)}
        return failure
    for at, item in enumerate(items, start=first):
        try:
            scope.evaluate(source, {"Page": [item], "First": at})
        except Failure as found:
            found.info["index"] = at
            if isinstance(found, Data) and not found.pointer:
                found.pointer = f"{pointer}/{at}"
            return found
    return failure
