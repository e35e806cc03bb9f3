"""List the files at an invoice, credit note, quote or estimate."""

from connectors.sage50.attachments import ATTACHMENT, DOCUMENT_FIELDS, context_of
from connectors.sage50.client import page
from connectors.sdk.operation import Call, Pages, Portion, Read
from connectors.sdk.schema import items, obj
from connectors.sdk.wire import Json


def read(call: Call, data: Json, at: Json) -> Portion:
    found = page(call, "/attachments", {"nested_attributes": "all", **context_of(data)}, at)
    standing = [ATTACHMENT.output(one) for one in found.items if not one.get("deleted_at")]
    return Portion(standing, found.following)


PAGES = Pages("attachments", read)
OPERATION = Read(
    title="List attachments",
    input=obj(DOCUMENT_FIELDS, required=("document", "document_id")),
    output=obj({"attachments": items("Attachments", ATTACHMENT.schema)}, required=("attachments",)),
    sample={"attachments": [ATTACHMENT.sample]},
    run=PAGES.all,
    pages=PAGES,
)
