"""Files at invoices, credit notes, quotes and estimates. Sage lists no idempotency for them: a repeated upload is a second file."""

import base64
import binascii

from connectors.sage50.sandbox.catalogue import new_id_view
from connectors.sage50.sandbox.listing import envelope, since
from connectors.sage50.sandbox.refusals import Problems, refuse, unknown_record
from connectors.sage50.sandbox.values import iso, new_id, unwrap
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ROUTES"]

MOST_BYTES = 2_621_440
_CONTEXTS = ("SALES_INVOICE", "SALES_CREDIT_NOTE", "SALES_QUOTE", "SALES_ESTIMATE")


def attachment_view(_world: World, attachment: Record) -> dict[str, Json]:
    """An attachment with all its attributes, without the file itself."""
    context = attachment["attachment_context_type_id"]
    shown = ("file_name", "mime_type", "file_size", "description", "is_public", "attachment_context_id")
    return new_id_view("attachments", attachment) | {
        **{name: attachment[name] for name in shown},
        "attachment_context_type": {"id": context, "displayed_as": context.replace("_", " ").capitalize()},
        "deleted_at": attachment.get("deleted_at"),
    }


def _file(text: Json) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except binascii.Error:
        return None


def create(world: World, request: Request) -> Reply:
    body, problems = unwrap(request, "attachment"), Problems("attachment")
    for name in ("file", "file_name", "mime_type"):
        if not body.get(name):
            problems.add(name, "can't be blank")
    held = _file(body.get("file"))
    if body.get("file") and held is None:
        problems.add("file", "is not Base64")
    if len(held or b"") > MOST_BYTES:
        problems.add("file", f"is too large (maximum is {MOST_BYTES} bytes)")
    context = str(body.get("attachment_context_type_id"))
    if context not in _CONTEXTS:
        problems.add("attachment_context_type_id", "does not exist")
    elif world.records.get(context.lower(), str(body.get("attachment_context_id"))) is None:
        problems.add("attachment_context_id", "does not exist")
    problems.check()
    now = iso(world)
    attachment: Record = {
        "id": new_id(),
        "displayed_as": str(body["file_name"]),
        "created_at": now,
        "updated_at": now,
        **{name: str(body[name]) for name in ("file", "file_name", "mime_type")},
        "file_size": len(held or b""),
        "attachment_context_type_id": context,
        "attachment_context_id": str(body["attachment_context_id"]),
        "description": str(body.get("description") or ""),
        "is_public": bool(body.get("is_public")),
    }
    kept = world.records.put("attachment", attachment["id"], attachment)
    return Reply(attachment_view(world, kept), 201)


def _in_path(world: World, request: Request) -> Record:
    found = world.records.get("attachment", request.params["key"])
    return found if found and not found.get("deleted_at") else unknown_record()


def get(world: World, request: Request) -> Reply:
    return Reply(attachment_view(world, _in_path(world, request)))


def get_file(world: World, request: Request) -> Reply:
    attachment = _in_path(world, request)
    return Reply(raw=_file(attachment["file"]), content_type="application/octet-stream")


def delete(world: World, request: Request) -> Reply:
    attachment, now = _in_path(world, request), iso(world)
    world.records.put("attachment", attachment["id"], attachment | {"deleted_at": now, "updated_at": now})
    return Reply(status=204)


def list_attachments(world: World, request: Request) -> Reply:
    kind, key = request.query("attachment_context_type_id"), request.query("attachment_context_id")
    if bool(kind) != bool(key):
        refuse(400, "UnexpectedError", "attachment_context_type_id and attachment_context_id go together")
    found = [
        one
        for one in since(world.records.all("attachment"), request)
        if (kind, key) in (("", ""), (one["attachment_context_type_id"], one["attachment_context_id"]))
    ]
    return envelope(world, request, "attachments", found, attachment_view)


_ONE = "/v3.1/attachments/<key>"
ROUTES = (
    Route("GET", "/v3.1/attachments", list_attachments),
    Route("POST", "/v3.1/attachments", create),
    Route("GET", _ONE, get),
    Route("GET", f"{_ONE}/file", get_file),
    Route("DELETE", _ONE, delete),
)
