"""Read one file: what it is called and whose it is, not what is in it."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json
from connectors.streak.mail import FILE, FILE_SAMPLE, file_output


def run(call: Call, data: Json) -> Json:
    return file_output(call.get(path_of("v1", "files", data["file_key"])))


OPERATION = Read(
    title="Get a file",
    input=obj({"file_key": text("File key", shortest=1)}, required=("file_key",)),
    output=FILE,
    sample=FILE_SAMPLE,
    run=run,
)
