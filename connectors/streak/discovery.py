"""What a Streak account has to choose from: pipelines, stages, fields; and a pipeline's fields as a schema."""

from collections.abc import Mapping, Sequence

from connectors.sdk.discovery import Choice, Discovery
from connectors.sdk.operation import Call
from connectors.sdk.schema import boolean, choice, date, items, json_value, obj, text
from connectors.sdk.wire import Json, Schema
from connectors.streak.fields import Field, fields_of
from connectors.streak.pipelines import pipeline_key, pipelines_of, stages_of


def pipelines(call: Call, _given: Mapping[str, Json]) -> Sequence[Choice]:
    return [Choice(one["key"], one["name"]) for one in pipelines_of(call, fresh=True)]


def stages(call: Call, given: Mapping[str, Json]) -> Sequence[Choice]:
    found = stages_of(call, pipeline_key(call, str(given["pipeline"])), fresh=True)
    return [Choice(key, name) for key, name in found.items()]


def fields(call: Call, given: Mapping[str, Json]) -> Sequence[Choice]:
    found = fields_of(call, pipeline_key(call, str(given["pipeline"])), fresh=True)
    return [Choice(field.name, field.name, field.type) for field in found]


def box_fields(call: Call, given: Mapping[str, Json]) -> Schema:
    """The pipeline's custom fields as properties by name; formulas are marked read-only."""
    found = fields_of(call, pipeline_key(call, str(given["pipeline"])), fresh=True)
    return obj({field.name: _schema(field) for field in found}, title="Custom fields")


def _schema(field: Field) -> Schema:
    labels = list(field.options.values())
    kinds: dict[str, Schema] = {
        "TEXT_INPUT": text(field.name),
        "DATE": date(field.name),
        "CHECKBOX": boolean(field.name),
        "DROPDOWN": choice(field.name, labels) if labels else text(field.name),
        "TAG": items(field.name, choice("", labels) if labels else text("")),
        "FORMULA": json_value(field.name, readOnly=True),
    }
    return {**kinds.get(field.type, json_value(field.name)), "x-far-key": field.key}


DISCOVERY = Discovery(
    choices={"pipelines": pipelines, "stages": stages, "fields": fields},
    schemas={"box.fields": box_fields},
    needs={"stages": ("pipeline",), "fields": ("pipeline",), "box.fields": ("pipeline",)},
)
