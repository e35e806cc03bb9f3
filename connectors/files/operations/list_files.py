"""List the files of a folder."""

from connectors.files.layout import FILE, FILE_SAMPLE
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    found = call.get("/files", {"pattern": data.get("pattern") or "*"})
    return {"files": [{name: one[name] for name in FILE["properties"]} for one in found]}


OPERATION = Read(
    title="List files",
    input=obj({"pattern": text("Names", help="Such as *.csv or in/*; left out: all.", default="*")}),
    output=obj({"files": items("Files", FILE)}, required=("files",)),
    sample={"files": [FILE_SAMPLE]},
    run=run,
)
