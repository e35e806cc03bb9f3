"""A connection to a folder of a test's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from connectors.sdk.account import Account, Secrets
from connectors.sdk.operation import Read, Write
from connectors.sdk.registry import connector, operation
from connectors.sdk.session import LiveCall, open_call
from connectors.sdk.testing import MARK
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Exchange, Json

__all__ = ["READ", "WRITE", "call_on", "pages_of", "put", "rows_of", "written"]

READ = cast(Read, operation("files.read_rows"))
WRITE = cast(Write, operation("files.write_rows"))


def call_on(folder: str = "", seen: list[Exchange] | None = None) -> LiveCall:
    """A call on the connection whose folder this is."""
    account = Account("files", "https://localhost", "none", Secrets({}), {"folder": folder})
    return open_call(connector("files"), account, seen.append if seen is not None else lambda _one: None)


def pages_of(data: Mapping[str, Json]) -> list[list[Json]]:
    """Every page, each asked for by a new call, as after a crash."""
    validator_for(READ.input).check(data)
    assert READ.pages is not None
    pages: list[list[Json]] = []
    at: Json = None
    while True:
        portion = READ.pages.read(call_on(), data, at)
        pages.append(list(portion.items))
        at = portion.following
        if at is None:
            return pages


def rows_of(path: str, **more: Json) -> list[Json]:
    return [row for page in pages_of({"path": path, **more}) for row in page]


def written(path: str, rows: list[Json], **more: Json) -> Json:
    """What `write_rows` gives."""
    data = {"path": path, "rows": rows, **more}
    validator_for(WRITE.input).check(data)
    output = WRITE.result(data, call_on().send(WRITE.prepare(call_on(), data, MARK)))
    validator_for(WRITE.output).check(output)
    return output


def put(folder: Path, path: str, content: str | bytes) -> Path:
    """A file as another program leaves it."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)
    return target
