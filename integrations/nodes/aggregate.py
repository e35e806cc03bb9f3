"""The aggregate: items of a list grouped by a key, and what each group comes to."""

from collections.abc import Mapping
from typing import Literal

import orjson

from connectors.sdk.errors import Data, Failure
from connectors.sdk.wire import Json, Schema
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.grouping import grouped
from integrations.engine.limits import LIMITS, over_limit
from integrations.engine.lists import NEEDS_VALUE, OPERATIONS, Operation, aggregated
from integrations.engine.long_list import LongList
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome
from integrations.engine.shapes import UNKNOWN, Shape, decimal_shape, element, money_shape

__all__ = ["NODE", "Aggregate"]

Groups = dict[bytes, tuple[Json, list[int]]]


class Aggregate:
    """Params: `items`, `key` (an expression of an item, "" for all in one) and `fields` ({name, operation, value}).

    Its output is a list of {key, count, …fields} in the order of first meeting; without a key it is one {count, …fields}.
    """

    id = "aggregate"
    version = 1
    title = "Aggregate"
    category: Literal["transform"] = "transform"
    help = "Groups a list by a key and says what each group comes to: sums, counts, extremes. Sums are exact."
    icon = "sigma"
    schema: Schema = {
        "type": "object",
        "required": ["items"],
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
            "key": {
                "title": "Group by",
                "type": "string",
                "x-order": 2,
                "x-expression": "only",
                "x-placeholder": "$item.account",
                "x-help": "What items of one group share. Without it, all items are one group.",
            },
            "fields": {
                "title": "Fields",
                "type": "array",
                "maxItems": 50,
                "x-order": 3,
                "x-help": "What is worked out of each group, beside its key and its count.",
                "items": {
                    "type": "object",
                    "required": ["name", "operation"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {
                            "title": "Name",
                            "type": "string",
                            "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
                            "not": {"enum": ["key", "count"]},
                            "maxLength": 60,
                        },
                        "operation": {"title": "Operation", "enum": list(OPERATIONS)},
                        "value": {
                            "title": "Of",
                            "type": "string",
                            "x-expression": "only",
                            "x-placeholder": "$item.net",
                        },
                    },
                },
            },
        },
    }
    sample: Json = {
        "items": "$steps.deal.lines",
        "key": "$item.account",
        "fields": [{"name": "net", "operation": "sum", "value": "$item.net"}],
    }

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        items, key = source_of(config.get("items")), source_of(config.get("key"))
        if not findings.config(self.schema, config):
            return findings.compiled({})
        findings.expression(items, "/config/items")
        item = element(findings.shape(items, "/config/items"))
        if key:
            findings.expression_of_item(key, "/config/key", item)
        fields = [
            {"name": one["name"], "operation": one["operation"], "value": source_of(one.get("value"))}
            for one in config.get("fields", [])
        ]
        shapes = _check_fields(fields, item, findings)
        group = Shape("object", fields={"count": UNKNOWN, **({"key": UNKNOWN} if key else {}), **shapes})
        return findings.compiled(
            {"items": items, "key": key, "fields": fields},
            shape=Shape("list", item=group) if key else group,
        )

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        items = scope.items(params["items"])
        scope.begin({"items": len(items), "key": params["key"]})
        if isinstance(items, LongList):
            long_groups = grouped(params["key"], params["fields"], items, scope)
            return Done(long_groups if params["key"] else long_groups[0])
        if not params["key"]:
            return Done({"count": len(items), **_fields(params["fields"], items, range(len(items)), scope)})
        groups = _grouped(params["key"], items, scope)
        return Done(
            [
                {"key": key, "count": len(members), **_fields(params["fields"], items, members, scope)}
                for key, members in groups.values()
            ]
        )


def _check_fields(fields: list[dict[str, Json]], item: Shape, findings: Findings) -> dict[str, Shape]:
    """Report what is wrong with the fields; gives the shape of each."""
    shapes: dict[str, Shape] = {}
    for at, one in enumerate(fields):
        place = f"/config/fields/{at}"
        if one["name"] in shapes:
            findings.add(
                "field_twice", f"Two fields are called {one['name']}.", f"{place}/name", name=one["name"]
            )
        shapes[one["name"]] = UNKNOWN
        if one["value"]:
            findings.expression_of_item(one["value"], f"{place}/value", item)
            shapes[one["name"]] = _shape(one["operation"], one["value"], item, findings)
        elif one["operation"] != "count":
            findings.add("field_of_what", f"Say what the {one['operation']} is of.", f"{place}/value")
    return shapes


def _shape(operation: Operation, source: str, item: Shape, findings: Findings) -> Shape:
    """Sums and extremes are decimals (of money: money); the rest is what the expression gives."""
    found = findings.item_shape(source, item)
    if operation in NEEDS_VALUE:
        return money_shape() if found.source == "object" else decimal_shape()
    if operation == "list":
        return Shape("list", item=found)
    return UNKNOWN if operation == "count" else found


def _grouped(source: str, items: list[Json], scope: StepScope) -> Groups:
    """Item numbers by key, in the order of first meeting. Raises `Data` for an item without a key."""
    groups: Groups = {}
    for index, item in enumerate(items):
        key = scope.evaluate(source, {"item": item, "index": index})
        if key is None:
            raise Data(
                f"Item {index + 1} has no key: {source} found nothing.",
                code="group_key_missing",
                pointer="/key",
                info={"index": index, "expression": source},
            )
        groups.setdefault(orjson.dumps(key, option=orjson.OPT_SORT_KEYS), (key, []))[1].append(index)
        if len(groups) > LIMITS.items:
            raise over_limit("groups of a list", limit=LIMITS.items, found=len(groups))
    return groups


def _fields(
    fields: list[dict[str, Json]], items: list[Json], members: list[int] | range, scope: StepScope
) -> dict[str, Json]:
    """What one group comes to. A failure says which field it was."""
    result: dict[str, Json] = {}
    for at, field in enumerate(fields):
        values = [_value(field, items[index], index, scope, at) for index in members]
        try:
            result[field["name"]] = aggregated(field["operation"], values)
        except Failure as failure:
            failure.pointer = failure.pointer or f"/fields/{at}/value"
            raise
    return result


def _value(field: Mapping[str, Json], item: Json, index: int, scope: StepScope, at: int) -> Json:
    if not field["value"]:
        return item
    value = scope.evaluate(field["value"], {"item": item, "index": index})
    if value is None and field["operation"] in NEEDS_VALUE:
        raise Data(
            f"{field['name']}: item {index + 1} has no amount: {field['value']} found nothing.",
            code="missing_value",
            pointer=f"/fields/{at}/value",
            info={"index": index, "expression": field["value"]},
        )
    return value


NODE = Aggregate()
