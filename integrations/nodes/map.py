"""The map: builds a value out of earlier steps, field by field."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.wire import Json, Schema
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome

__all__ = ["NODE", "MapValue"]


class MapValue:
    """Params: `fields` (values with expressions)."""

    id = "map"
    version = 1
    title = "Map"
    category: Literal["transform"] = "transform"
    help = "Builds a new value: each field is a fixed value, an expression, or a mapping drawn in the mapper."
    icon = "shuffle"
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "fields": {
                "title": "Fields",
                "type": "object",
                "x-order": 1,
                "x-expression": "allow",
            },
        },
    }
    sample: Json = {"fields": {"full_name": {"$expr": "$contactName($in.given_name, $in.family_name)"}}}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        fields = config.get("fields", {})
        if findings.config(self.schema, config):
            findings.values(fields, "/config/fields")
        return findings.compiled({"fields": fields}, template=fields)

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        return Done(scope.resolve(params["fields"]))


NODE = MapValue()
