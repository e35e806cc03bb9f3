"""The deduplicator: what has the same key goes on once within a window of days."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import orjson

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json, Schema
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome
from integrations.engine.path import parse

__all__ = ["NODE", "Deduplicate"]

_LONGEST_MEMORY = 64  # characters


class Deduplicate:
    """Params: `key`, `days`, `memory` and `duplicate` (the port duplicates leave by)."""

    id = "deduplicate"
    version = 1
    title = "Deduplicate"
    category: Literal["logic"] = "logic"
    help = "Lets the first with a key go on; the same key again within the window is a duplicate. A retry is no duplicate."
    icon = "copy-x"
    schema: Schema = {
        "type": "object",
        "required": ["key"],
        "additionalProperties": False,
        "properties": {
            "key": {
                "title": "Key",
                "type": "string",
                "x-order": 1,
                "x-expression": "only",
                "x-placeholder": "$event.key",
                "x-help": "What must not come twice: text, a whole number, or a list of such.",
            },
            "days": {
                "title": "Window in days",
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": 366,
                "default": 30,
                "x-order": 2,
                "x-expression": "never",
                "x-help": "How long a key is remembered, from the first time.",
            },
            "memory": {
                "title": "Memory",
                "type": "string",
                "pattern": "^[A-Za-z0-9][A-Za-z0-9 _-]*$",
                "maxLength": 60,
                "x-order": 3,
                "x-advanced": True,
                "x-expression": "never",
                "x-help": "Steps of this flow with the same memory share what they have seen. Without it: this step's own.",
            },
        },
    }
    sample: Json = {"key": "$event.key", "days": 30}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports(outputs=("main", "duplicate"))

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if findings.config(self.schema, config):
            findings.expression(source_of(config["key"]), "/config/key")
        params = {
            "key": source_of(config.get("key")),
            "days": config.get("days", 30),
            "memory": config.get("memory", ""),
            "duplicate": "duplicate" if "duplicate" in scope.drawn else "filtered",
        }
        return findings.compiled(params, transparent=True)

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        key = _key(params["key"], scope)
        scope.begin({"key": key})
        memory = params["memory"] or _own_memory(scope.path)
        seen = scope.context.sight(
            path=scope.path, memory=memory, key=key, window=timedelta(days=params["days"])
        )
        note = {"duplicate": not seen.first, "key": key, "run": seen.run, "at": seen.at.isoformat()}
        return Done(note, port="main" if seen.first else params["duplicate"])


def _own_memory(path: str) -> str:
    """The step's own: where it is drawn, whatever item it works on. A called flow's steps are told from the caller's."""
    drawn = "#" + "/".join(segment.node for segment in parse(path))
    if len(drawn) <= _LONGEST_MEMORY:
        return drawn
    return "#" + hashlib.sha256(drawn.encode()).hexdigest()[: _LONGEST_MEMORY - 1]


def _key(source: str, scope: StepScope) -> str:
    """One text for the key; a list's parts stay apart. Raises `Data` for nothing, or anything that tells nothing apart."""
    found = scope.evaluate(source)
    parts = found if isinstance(found, list) else [found]
    for part in parts:
        if isinstance(part, bool) or not isinstance(part, str | int) or str(part).strip() == "":
            raise Data(
                f"A key must be text or a whole number, or a list of such, but {source} gave {found!r:.60}.",
                code="key_wrong",
                pointer="/key",
                info={"expression": source},
            )
    if not parts:
        raise Data(f"There is no key: {source} gave an empty list.", code="key_wrong", pointer="/key")
    texts = [str(part).strip() for part in parts]
    return texts[0] if not isinstance(found, list) else orjson.dumps(texts).decode()


NODE = Deduplicate()
