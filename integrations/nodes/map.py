"""The map: builds a value out of earlier steps, field by field or as drawn in the mapper."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.wire import Json, Schema
from integrations.engine.decimal_check import shape_of
from integrations.engine.findings import Findings
from integrations.engine.mapped import mapped
from integrations.engine.mapping import check_mapping, compile_mapping, paged_lists
from integrations.engine.mapping_schema import MAPPING_DEFS, MAPPING_REF
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome

__all__ = ["NODE", "MapValue"]


class MapValue:
    """Params: `value`, in which every expression is replaced; a mapping document is one expression. `lists` and `rest` say
    how its lists are made page by page."""

    id = "map"
    version = 1
    title = "Map"
    category: Literal["transform"] = "transform"
    help = "Builds a new value: each field is a fixed value, an expression, or a mapping drawn in the mapper."
    icon = "shuffle"
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {
            "fields": {
                "title": "Fields",
                "type": "object",
                "x-order": 1,
                "x-expression": "allow",
                "x-help": "Name and value of each field.",
            },
            "mapping": {
                **MAPPING_REF,
                "title": "Mapping",
                "x-order": 2,
                "x-widget": "mapping",
                "x-mapping": "free",
                "x-expression": "never",
            },
        },
        "$defs": MAPPING_DEFS,
    }
    sample: Json = {"fields": {"full_name": {"$expr": "$contactName($in.given_name, $in.family_name)"}}}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if not findings.config(self.schema, config):
            return findings.compiled({})
        value, lists = config.get("fields", {}), {}
        if "mapping" not in config:
            findings.values(value, "/config/fields")
        else:
            check_mapping(config["mapping"], "/config/mapping", findings)
            if not findings.problems:
                value, lists = {"$expr": compile_mapping(config["mapping"])}, paged_lists(config["mapping"])
        return findings.compiled({"value": value, **lists}, shape=shape_of(value, findings))

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        if "lists" in params:
            return Done(mapped(params, scope))
        return Done(scope.resolve(params["value"]))


NODE = MapValue()
