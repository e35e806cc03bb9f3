"""The loop: its body runs once per item, each item known by its own key."""

from collections.abc import Iterable, Mapping
from typing import Literal

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json, Schema
from integrations.engine.body import Each
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.limits import LIMITS
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.shapes import UNKNOWN, Shape, element

__all__ = ["NODE", "ForEach"]

_COUNT: Schema = {"type": "integer"}
_FAILURE: Schema = {
    "type": "object",
    "properties": {
        "key": {"type": "string"},
        "index": _COUNT,
        "error": {
            "type": "object",
            "properties": {
                name: {"type": "string"} for name in ("kind", "code", "message", "pointer", "node")
            },
        },
    },
}
_PARTIAL_OUTPUT = Shape(
    "path",
    schema={
        "type": "object",
        "properties": {
            "results": {"type": "array"},
            "failures": {"type": "array", "items": _FAILURE},
            "total": _COUNT,
            "succeeded": _COUNT,
            "filtered": _COUNT,
        },
    },
)


class ForEach:
    """The step's output is the list of what the items came to, filtered ones left out; when it goes on without items that
    fail, it is {results, failures: [{key, index, error}], total, succeeded, filtered}."""

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
            "at_once": {
                "title": "At once",
                "type": "integer",
                "minimum": 1,
                "maximum": 50,
                "default": 1,
                "x-order": 3,
                "x-help": "How many items run at the same time. With 1 they run in the order of the list.",
            },
            "on_failure": {
                "title": "When an item fails",
                "enum": ["park", "continue"],
                "default": "park",
                "x-order": 4,
                "x-help": "Wait for a person, or go on with the others and say at the end which failed. An account to"
                " reconnect and a write that may have happened always wait.",
            },
        },
    }
    sample: Json = {"items": "$steps.deal.lines", "key": "$item.sku", "at_once": 5, "on_failure": "continue"}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        partial = ("partial",) if config.get("on_failure") == "continue" else ()
        return Ports(outputs=("main", *partial))

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        item = UNKNOWN
        params: dict[str, Json] = {name: source_of(config.get(name)) for name in ("items", "key")}
        params |= {"at_once": config.get("at_once", 1), "on_failure": config.get("on_failure", "park")}
        if findings.config(self.schema, config):
            findings.expression(params["items"], "/config/items")
            item = element(findings.shape(params["items"], "/config/items"))
            self._check_key(params["key"], item, findings)
        if not scope.has_body:
            findings.add("loop_empty", "There is nothing inside this loop.", "/body")
        shape = _PARTIAL_OUTPUT if params["on_failure"] == "continue" else UNKNOWN
        return findings.compiled(params, item=item, shape=shape, encloses="each")

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

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Each:
        items = scope.items(params["items"])
        if len(items) > LIMITS.items:
            raise _too_many(len(items))
        keys = _keys(params["key"], items, scope)
        go_on = params.get("on_failure") == "continue"  # releases made before there was a choice say nothing
        return Each(items, keys, at_once=params.get("at_once", 1), go_on=go_on)


NODE = ForEach()


def _too_many(count: int) -> Data:
    """Each item of a loop leaves its steps in the run's journal, which is not made for millions."""
    return Data(
        f"A loop takes {LIMITS.items:,} items; this list has {count:,}. Put a batch before the loop, so that it runs once per"
        " group.",
        code="limit",
        info={"what": "items of one loop", "limit": LIMITS.items, "found": count},
    )


def _keys(source: str, items: Iterable[Json], scope: StepScope) -> list[str]:
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
