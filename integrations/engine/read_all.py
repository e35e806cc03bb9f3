"""Reading a far system's whole list: page by page, each a call of its own, going on where an earlier attempt stopped."""

from collections.abc import Mapping

from connectors.sdk.errors import Data, NotFound
from connectors.sdk.operation import Portion
from connectors.sdk.wire import Json
from integrations.engine.limits import LIMITS
from integrations.engine.list_writer import ListWriter
from integrations.engine.long_list import LongList
from integrations.engine.node import StepScope

__all__ = ["read_all"]

_NEXT = "next"
"""The one field of a list's state: what the next page is asked with, null after the last."""


def read_all(params: Mapping[str, Json], data: Json, scope: StepScope) -> list[Json] | LongList:
    """Every item the operation lists: given whole when they are few. Raises whatever a page raises; what was read by then
    is kept for the next attempt."""
    made = ListWriter(scope.context.pages, scope.path, f"/{params['pages']}", LIMITS)
    try:
        while made.state is None or made.state[_NEXT] is not None:
            portion = _portion(params, data, scope, made)
            made.add(portion.items, {_NEXT: portion.following})
    except BaseException:
        made.save()
        raise
    return made.close()


def _portion(params: Mapping[str, Json], data: Json, scope: StepScope, made: ListWriter) -> Portion:
    """The next page. Where an earlier attempt's place in the list is not known any more, the first page again."""
    goes_on = made.resumes and not made.added
    try:
        return _asked(params, data, scope, made.state)
    except (Data, NotFound):
        if not goes_on:
            raise
    made.start_over()
    return _asked(params, data, scope, None)


def _asked(params: Mapping[str, Json], data: Json, scope: StepScope, state: Json) -> Portion:
    return scope.context.page(
        path=scope.path,
        attempt=scope.attempt,
        slot=params["slot"],
        operation=params["operation"],
        data=data,
        at=state[_NEXT] if state else None,
    )
