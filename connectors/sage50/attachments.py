"""Files at Sage's documents, as flows see them."""

from connectors.sage50.records import Kind, id_of
from connectors.sdk.schema import choice, integer, obj, text
from connectors.sdk.wire import Json

__all__ = ["ATTACHMENT", "DOCUMENT_FIELDS", "context_of"]

_CONTEXTS = {
    "invoice": "SALES_INVOICE",
    "credit_note": "SALES_CREDIT_NOTE",
    "quote": "SALES_QUOTE",
    "estimate": "SALES_ESTIMATE",
}
DOCUMENT_FIELDS = {
    "document": choice("Document", list(_CONTEXTS)),
    "document_id": text("Document id", shortest=1),
}


def context_of(data: Json) -> dict[str, Json]:
    """Which document it belongs to, in Sage's two fields that go together."""
    return {
        "attachment_context_type_id": _CONTEXTS[data["document"]],
        "attachment_context_id": data["document_id"],
    }


def _output(attachment: Json) -> Json:
    return {
        "id": str(attachment["id"]),
        "file_name": str(attachment.get("file_name") or ""),
        "mime_type": str(attachment.get("mime_type") or ""),
        "size": int(attachment.get("file_size") or 0),
        "description": str(attachment.get("description") or ""),
        "document_type": id_of(attachment.get("attachment_context_type")),
        "document_id": str(attachment.get("attachment_context_id") or ""),
    }


ATTACHMENT = Kind(
    path="attachments",
    name="attachment",
    noun="attachment",
    key="attachment_id",
    plural="attachments",
    schema=obj(
        {
            "id": text("Attachment id"),
            "file_name": text("File name"),
            "mime_type": text("Kind of file"),
            "size": integer("Bytes"),
            "description": text("Description"),
            "document_type": text("Document type"),
            "document_id": text("Document id"),
        },
        required=("id", "file_name", "mime_type", "size"),
    ),
    output=_output,
    sample={
        "id": "f11ec0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "file_name": "order.pdf",
        "mime_type": "application/pdf",
        "size": 48213,
        "description": "The signed order",
        "document_type": "SALES_INVOICE",
        "document_id": "e3a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
    },
)
