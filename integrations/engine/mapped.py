"""Carrying a mapping out: at once while its lists are short, a page at a time when one is long."""

from collections.abc import Mapping, Sequence

from connectors.sdk.wire import Json
from integrations.engine.by_page import evaluated, slices
from integrations.engine.limits import LIMITS
from integrations.engine.list_writer import ListWriter
from integrations.engine.long_list import LongList
from integrations.engine.node import StepScope

__all__ = ["mapped"]


def mapped(params: Mapping[str, Json], scope: StepScope) -> Json:
    """The value of a mapping that has lists (`mapping.paged_lists`). Raises whatever its expressions raise; what one item of
    a list is at fault for has its index in `info`, and a place."""
    lists = params["lists"]
    sources = [scope.items(one["from"]) for one in lists]
    if all(isinstance(source, list) and len(source) <= LIMITS.page for source in sources):
        return scope.resolve(params["value"])
    made: Json = scope.resolve({"$expr": params["rest"]}) if params["rest"] else None
    for one, source in zip(lists, sources, strict=True):
        made = _placed(made, one["at"], _Pages(one, scope, source).mapped())
    return made


def _placed(made: Json, at: Sequence[str], items: Json) -> Json:
    """`made` with the list at its place; its place is in what was just made, so that nobody else holds it."""
    if not at:
        return items
    within = made
    for key in at[:-1]:
        within = within[key]
    within[at[-1]] = items
    return made


class _Pages:
    """One list of a mapping. Where the items come from a long list, or grow into one, it goes on after a crash from the
    last page that was stored."""

    def __init__(self, one: Mapping[str, Json], scope: StepScope, source: list[Json] | LongList) -> None:
        self._item = one["item"]
        self._passes = one["passes"]
        self._pointer = "".join(f"/{key}" for key in one["at"])
        self._scope = scope
        self._source = source
        held = isinstance(source, list)
        self._made = ListWriter(
            scope.context.pages,
            scope.path,
            self._pointer,
            LIMITS,
            stores_from=LIMITS.output if held else LIMITS.page_bytes,
        )

    def mapped(self) -> list[Json] | LongList:
        """Every page mapped and put together."""
        made = self._made
        done: int = made.state or 0
        for first, items in slices(self._source, done):
            kept = self._kept(items, first)
            made.add(self._over(self._item, kept, made.count) if kept else [], first + len(items))
        return made.close()

    def _kept(self, items: list[Json], first: int) -> list[Json]:
        if not self._passes:
            return items
        flags = self._over(self._passes, items, first)
        return [item for item, passes in zip(items, flags, strict=True) if passes]

    def _over(self, source: str, items: list[Json], first: int) -> list[Json]:
        return evaluated(self._scope, source, items, first, self._pointer)
