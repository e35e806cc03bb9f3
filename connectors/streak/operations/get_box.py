"""Read one box (deal) with its custom fields by name and its line items."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json
from connectors.streak.boxes import BOX, BOX_SAMPLE, LINES_FIELD, box_output, read_box


def run(call: Call, data: Json) -> Json:
    return box_output(call, read_box(call, data["box_key"]), data.get("lines_field", LINES_FIELD))


OPERATION = Read(
    title="Get a box",
    help="Reads a deal with its stage, custom fields and line items.",
    input=obj(
        {
            "box_key": text("Box key", shortest=1),
            "lines_field": text(
                "Line items field",
                help="The custom field that holds the line items as JSON.",
                default=LINES_FIELD,
            ),
        },
        required=("box_key",),
    ),
    output=BOX,
    sample=BOX_SAMPLE,
    run=run,
)
