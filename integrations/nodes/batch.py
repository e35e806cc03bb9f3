"""The batch: a long list becomes a list of groups of so many."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.wire import Json, Schema
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.limits import LIMITS, over_limit
from integrations.engine.list_writer import ListWriter
from integrations.engine.long_list import LongList
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome
from integrations.engine.shapes import UNKNOWN, Shape, element

__all__ = ["NODE", "Batch"]


class Batch:
    """Params: `items` and `size`. Its output is a list of {index, items, count}; the last group may be smaller.
    The groups of a long list are a long list when they are many."""

    id = "batch"
    version = 1
    title = "Batch"
    category: Literal["transform"] = "transform"
    help = "Cuts a list into groups of so many, for a far system that takes several at once."
    icon = "layers"
    schema: Schema = {
        "type": "object",
        "required": ["items", "size"],
        "additionalProperties": False,
        "properties": {
            "items": {
                "title": "Items",
                "type": "string",
                "x-order": 1,
                "x-expression": "only",
                "x-placeholder": "$steps.deal.lines",
                "x-help": "The list. Nothing counts as an empty list, a single value as a list of one.",
            },
            "size": {
                "title": "Items in a group",
                "type": "integer",
                "minimum": 1,
                "maximum": 10_000,
                "default": 100,
                "x-order": 2,
                "x-expression": "never",
            },
        },
    }
    sample: Json = {"items": "$steps.deal.lines", "size": 100}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        item = UNKNOWN
        source = source_of(config.get("items"))
        if findings.config(self.schema, config):
            findings.expression(source, "/config/items")
            item = element(findings.shape(source, "/config/items"))
        group = Shape(
            "object",
            fields={"index": UNKNOWN, "count": UNKNOWN, "items": Shape("list", item=item)},
        )
        params = {"items": source, "size": config.get("size", 100)}
        return findings.compiled(params, shape=Shape("list", item=group))

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        items, size = scope.items(params["items"]), params["size"]
        scope.begin({"items": len(items), "size": size})
        if isinstance(items, LongList):
            return Done(_long_groups(items, size, scope))
        count = -(-len(items) // size)
        if count > LIMITS.items:
            raise over_limit("groups of a list", limit=LIMITS.items, found=count)
        groups = (items[at : at + size] for at in range(0, len(items), size))
        return Done([{"index": at, "count": len(group), "items": group} for at, group in enumerate(groups)])


def _long_groups(items: LongList, size: int, scope: StepScope) -> list[Json] | LongList:
    """The groups of a long list, which may be a long list themselves. It goes on after the last group that was stored."""
    made = ListWriter(scope.context.pages, scope.path, "", LIMITS)
    group: list[Json] = []
    for _, page in items.pages(made.state or 0):
        for item in page:
            group.append(item)
            if len(group) == size:
                _add(made, group, size)
                group = []
    if group:
        _add(made, group, size)
    return made.close()


def _add(made: ListWriter, group: list[Json], size: int) -> None:
    at = made.count
    made.add([{"index": at, "count": len(group), "items": group}], at * size + len(group))


NODE = Batch()
