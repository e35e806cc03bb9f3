"""The loop: its body runs once per item, each item known by its own key."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json, Schema
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.limits import LIMITS, over_limit
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome
from integrations.engine.shapes import UNKNOWN, Shape, element

__all__ = ["NODE", "ForEach"]


class ForEach:
    """`execute` gives the executor what to walk: {"items": […], "keys": [texts]}. The step's own output is then the list of
    what the items came to, filtered ones left out."""

    id = "for_each"
    version = 1
    title = "For each"
    category: Literal["logic"] = "logic"
    help = "Runs what is inside it once per item of a list. The key tells the items apart, also when the list changes."
    icon = "repeat"
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
                "title": "Key",
                "type": "string",
                "x-order": 2,
                "x-expression": "only",
                "x-placeholder": "$item.sku",
                "x-help": "What identifies an item. Needed when something is written inside; without it, the position counts.",
            },
        },
    }
    sample: Json = {"items": "$steps.deal.lines", "key": "$item.sku"}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        item = UNKNOWN
        params = {name: source_of(config.get(name)) for name in ("items", "key")}
        if findings.config(self.schema, config):
            findings.expression(params["items"], "/config/items")
            item = element(findings.shape(params["items"], "/config/items"))
            self._check_key(params["key"], item, findings)
        if not scope.has_body:
            findings.add("loop_empty", "There is nothing inside this loop.", "/body")
        return findings.compiled(params, item=item)

    def _check_key(self, key: str, item: Shape, findings: Findings) -> None:
        scope = findings.scope
        if not key:
            if scope.body_writes:
                message = (
                    "Something is written inside, so each item needs a key of its own, such as $item.sku."
                )
                findings.add("loop_key_missing", message, "/config/key")
            return
        reading = findings.expression_of_item(key, "/config/key", item)
        if reading is not None and scope.body_writes and "index" in reading.names():
            message = (
                "A position in the list is no key: it changes when the list does. Use something of the item."
            )
            findings.add("loop_key_index", message, "/config/key")

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        found = scope.evaluate(params["items"])
        items = [] if found is None else found if isinstance(found, list) else [found]
        if len(items) > LIMITS.items:
            raise over_limit("items of one loop", limit=LIMITS.items, found=len(items))
        return Done({"items": items, "keys": _keys(params["key"], items, scope)})


NODE = ForEach()


def _keys(source: str, items: list[Json], scope: StepScope) -> list[str]:
    """One text per item. Raises `Data` for a key that isn't there or comes twice."""
    keys: list[str] = []
    seen: set[str] = set()
    for index, item in enumerate(items):
        key = _key(source, item, index, scope) if source else str(index)
        if key in seen:
            raise Data(
                f"Two items have the key {key}. A key must tell the items apart.",
                code="loop_key_twice",
                pointer="/key",
                info={"key": key, "index": index},
            )
        seen.add(key)
        keys.append(key)
    return keys


def _key(source: str, item: Json, index: int, scope: StepScope) -> str:
    value = scope.evaluate(source, {"item": item, "index": index})
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise Data(
            f"Item {index + 1} has no key: {source} gave {value!r:.60}.",
            code="loop_key_empty",
            pointer="/key",
            info={"index": index},
        )
    return str(value)
