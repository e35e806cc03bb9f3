"""How a file is laid out: what reading and writing ask alike."""

from connectors.files.columns import COLUMNS
from connectors.sdk.schema import boolean, choice, integer, obj, text, timestamp
from connectors.sdk.wire import Schema

__all__ = ["FILE", "FILE_SAMPLE", "LAYOUT", "PATH"]

PATH = text(
    "File", help="Its path in the connection's folder, such as in/orders.csv.", shortest=1, longest=500
)
LAYOUT: dict[str, Schema] = {
    "format": choice("Format", ["csv", "xlsx", "jsonl"], help="Left out: by the end of the file's name."),
    "encoding": choice(
        "Encoding", ["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15"], help="Of CSV.", default="utf-8"
    ),
    "delimiter": choice(
        "Delimiter", [",", ";", "tab", "|"], help="Of CSV; left out: a tab in .tsv files, else a comma."
    ),
    "header": boolean("The first row names the columns", default=True),
    "sheet": text("Sheet", help="Of Excel; left out: the first one.", longest=31),
    "columns": COLUMNS,
}
FILE = obj(
    {
        "path": text("File"),
        "name": text("Name"),
        "size": integer("Bytes"),
        "modified_at": timestamp("Changed"),
    },
    required=("path", "name", "size", "modified_at"),
)
FILE_SAMPLE = {
    "path": "in/orders.csv",
    "name": "orders.csv",
    "size": 2048,
    "modified_at": "2026-11-21T09:30:00Z",
}
