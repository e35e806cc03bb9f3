"""Groups of a long list's items, worked out page by page: only what each group comes to so far is held."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from connectors.sdk.errors import Data, Failure
from connectors.sdk.wire import Json
from integrations.engine.by_page import evaluated, over_items, slices
from integrations.engine.limits import LIMITS, over_limit
from integrations.engine.lists import NEEDS_VALUE, aggregated
from integrations.engine.long_list import LongList, StoredPage
from integrations.engine.node import StepScope

__all__ = ["grouped"]

_OFTEN = 50_000
"""Items after which what was worked out is stored, so that a crash costs no more than these."""


def grouped(
    key: str, fields: Sequence[Mapping[str, Json]], items: LongList, scope: StepScope
) -> list[dict[str, Json]]:
    """`[{key, count, …fields}]` in the order of first meeting; with key "" one group without a key, also of no items.

    `fields` are {name, operation, value}. Raises `Data` for items without a key or an amount, with their index.
    """
    work = _Groups(key, fields, scope)
    for first, page in slices(items, work.done):
        work.take(page, first)
    return work.close()


class _Groups:
    """Where it has come: `done` items, and per group [key, count, {field: what it comes to}]."""

    def __init__(self, key: str, fields: Sequence[Mapping[str, Json]], scope: StepScope) -> None:
        self._key = key
        self._fields = fields
        self._scope = scope
        self._source = _source(key, fields)
        earlier = scope.context.pages.progress(scope.path, "")
        state: dict[str, Any] = earlier.state if earlier else {"done": 0, "groups": []}
        self.done: int = state["done"]
        self._stored = self.done
        self._groups: dict[bytes, list[Any]] = {_as_key(group[0]): group for group in state["groups"]}

    def take(self, items: list[Json], first: int) -> None:
        """Add the items of one page, the first of which stands at `first`."""
        rows = evaluated(self._scope, self._source, items, first, "/items")
        members: dict[bytes, list[int]] = {}
        for at, row in enumerate(rows):
            members.setdefault(self._group_of(row, first + at), []).append(at)
        for group, places in members.items():
            self._add(self._groups[group], items, rows, places, first)
        self.done = first + len(items)
        if self.done - self._stored >= _OFTEN:
            self._store()

    def close(self) -> list[dict[str, Json]]:
        """What all groups come to. What was stored on the way is forgotten."""
        if self._stored:
            self._scope.context.pages.clear(self._scope.path, "")
        if not self._key and not self._groups:
            self._group_of({}, 0)
            for group in self._groups.values():
                self._add(group, [], [], [], 0)
        named = ({"key": group[0]} if self._key else {} for group in self._groups.values())
        return [
            {**name, "count": group[1], **group[2]}
            for name, group in zip(named, self._groups.values(), strict=True)
        ]

    def _group_of(self, row: Mapping[str, Json], index: int) -> bytes:
        """The group of an item, opened when it is the first of it."""
        key = row.get("key") if self._key else ""
        if key is None:
            raise Data(
                f"Item {index + 1} has no key: {self._key} found nothing.",
                code="group_key_missing",
                pointer="/key",
                info={"index": index, "expression": self._key},
            )
        group = _as_key(key)
        if group not in self._groups:
            self._groups[group] = [key, 0, {}]
            if len(self._groups) > LIMITS.items:
                raise over_limit("groups of a list", limit=LIMITS.items, found=len(self._groups))
        return group

    def _add(
        self, group: list[Any], items: list[Json], rows: list[Json], places: list[int], first: int
    ) -> None:
        """These items belong to the group: what it came to before stands for all that were in it before."""
        group[1] += len(places)
        so_far: dict[str, Json] = group[2]
        for at, field in enumerate(self._fields):
            name, operation = field["name"], field["operation"]
            values = [self._value(field, at, rows[place], items[place], first + place) for place in places]
            if operation == "count":
                so_far[name] = so_far.get(name, 0) + len(values)
                continue
            before = _before(operation, so_far, name)
            try:
                so_far[name] = aggregated(operation, [*before, *values])
            except Failure as failure:
                failure.pointer = failure.pointer or f"/fields/{at}/value"
                raise

    def _value(self, field: Mapping[str, Json], at: int, row: Json, item: Json, index: int) -> Json:
        if not field["value"]:
            return item
        value = row.get(f"f{at}")
        if value is None and field["operation"] in NEEDS_VALUE:
            raise Data(
                f"{field['name']}: item {index + 1} has no amount: {field['value']} found nothing.",
                code="missing_value",
                pointer=f"/fields/{at}/value",
                info={"index": index, "expression": field["value"]},
            )
        return value

    def _store(self) -> None:
        self._stored = self.done
        state = {"done": self.done, "groups": list(self._groups.values())}
        self._scope.context.pages.write(self._scope.path, "", [StoredPage(0, 0, [], state, 0)])


def _before(operation: str, so_far: Mapping[str, Json], name: str) -> list[Json]:
    """What earlier items come to, as the first of the values to go on with; a list's are all of them."""
    if name not in so_far:
        return []
    return list(so_far[name]) if operation == "list" else [so_far[name]]


def _source(key: str, fields: Sequence[Mapping[str, Json]]) -> str:
    """An expression over a page: of each item its key and its fields' values; what isn't there is left out."""
    asked = [("key", key), *((f"f{at}", field["value"]) for at, field in enumerate(fields))]
    made = ", ".join(f'"{name}": ({source}\n)' for name, source in asked if source)
    return over_items("item", f"$index := $item_i; {{{made}}}")


def _as_key(key: Json) -> bytes:
    return orjson.dumps(key, option=orjson.OPT_SORT_KEYS)
