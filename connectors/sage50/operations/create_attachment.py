"""Attach a file to an invoice, credit note, quote or estimate."""

import base64
import binascii
from collections.abc import Sequence

from connectors.sage50.attachments import ATTACHMENT, DOCUMENT_FIELDS, context_of
from connectors.sage50.client import pages
from connectors.sage50.records import Finder, make
from connectors.sdk.errors import Data
from connectors.sdk.operation import Call, Idempotency, Mark, Match
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request

MOST_BYTES = 2_621_440
_BASE64_LENGTH = 4 * -(-MOST_BYTES // 3)


def body(_call: Call, data: Json, _mark: Mark) -> dict[str, Json]:
    """Raises `Data` when the content is no Base64 or larger than Sage takes."""
    if _size(data["content"]) > MOST_BYTES:
        raise Data("Sage takes files of up to 2.5 MB.", code="file_too_large", pointer="/content")
    return {
        "file": data["content"],
        "file_name": data["file_name"],
        "mime_type": data["mime_type"],
        "description": data.get("description", ""),
        **context_of(data),
    }


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """The document's files of this name and size."""
    sent = request.json["attachment"]
    size = _size(sent["file"])
    names = ("attachment_context_type_id", "attachment_context_id")
    query = {"nested_attributes": "all", **{name: sent[name] for name in names}}
    return [
        Match(str(one["id"]), ATTACHMENT.output(one), str(one.get("created_at") or ""), "name and size")
        for one in pages(call, "/attachments", query)
        if not one.get("deleted_at")
        and (one.get("file_name"), one.get("file_size")) == (sent["file_name"], size)
    ]


def _size(content: str) -> int:
    try:
        return len(base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError) as error:
        raise Data("The content must be Base64.", code="not_base64", pointer="/content") from error


OPERATION = make(
    ATTACHMENT,
    "Attach a file",
    obj(
        {
            **DOCUMENT_FIELDS,
            "file_name": text("File name", shortest=1),
            "mime_type": text("Kind of file", help="Such as application/pdf.", shortest=1),
            "content": text(
                "Content", help="Base64; up to 2.5 MB of file.", shortest=1, longest=_BASE64_LENGTH
            ),
            "description": text("Description"),
        },
        required=("document", "document_id", "file_name", "mime_type", "content"),
    ),
    body,
    Finder("a file of this name and size is looked for", find),
    effect="append",
    idempotency=Idempotency(
        "lookup", scope="the document: a file of this name and size, attached since, is looked for"
    ),
)
