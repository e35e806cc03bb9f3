"""List the custom fields of a pipeline."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.fields import fields_of
from connectors.streak.pipelines import pipeline_key


def run(call: Call, data: Json) -> Json:
    fields = fields_of(call, pipeline_key(call, data["pipeline"]), fresh=True)
    return {
        "fields": [
            {
                "key": field.key,
                "name": field.name,
                "type": field.type,
                "options": list(field.options.values()),
            }
            for field in fields
        ]
    }


OPERATION = Read(
    title="List custom fields",
    input=obj(
        {"pipeline": text("Pipeline", help="Name or key.", shortest=1, x_options="pipelines")},
        required=("pipeline",),
    ),
    output=obj(
        {
            "fields": items(
                "Fields",
                obj(
                    {
                        "key": text("Key"),
                        "name": text("Name"),
                        "type": text("Type"),
                        "options": items("Options", text("")),
                    },
                    required=("key", "name", "type", "options"),
                ),
            )
        },
        required=("fields",),
    ),
    sample={
        "fields": [
            {"key": "1001", "name": "Amount", "type": "TEXT_INPUT", "options": []},
            {"key": "1003", "name": "Terms", "type": "DROPDOWN", "options": ["Net 30", "Net 60"]},
        ]
    },
    run=run,
)
