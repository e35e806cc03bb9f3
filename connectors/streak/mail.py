"""E-mail threads and files of a box, as flows see them: what they are called and whose they are, never their content."""

from connectors.sdk.schema import integer, items, obj, text, timestamp
from connectors.sdk.wire import Json, Schema
from connectors.streak.moments import iso

__all__ = ["FILE", "FILE_SAMPLE", "THREAD", "THREAD_SAMPLE", "file_output", "thread_output"]

THREAD: Schema = obj(
    {
        "thread_key": text("Thread key"),
        "box_key": text("Box key"),
        "subject": text("Subject"),
        "emails": items("E-mail addresses", text("")),
        "names": items("Names", text("")),
        "file_keys": items("File keys", text("")),
        "gmail_id": text("Gmail's thread id"),
        "last_email_at": timestamp("Last e-mail", type=["string", "null"]),
        "updated_at": timestamp("Updated", type=["string", "null"]),
    },
    required=("thread_key", "box_key", "subject", "emails"),
)
THREAD_SAMPLE: Json = {
    "thread_key": "agxTHRD1",
    "box_key": "agxBOX1",
    "subject": "40 chairs",
    "emails": ["buyer@acme.test"],
    "names": ["Bo Lind"],
    "file_keys": [],
    "gmail_id": "18c1f0a2b3c4d5e6",
    "last_email_at": "2026-11-21T09:30:00Z",
    "updated_at": "2026-11-21T09:30:00Z",
}
FILE: Schema = obj(
    {
        "file_key": text("File key"),
        "box_key": text("Box key"),
        "name": text("Name"),
        "kind": text("Kind", help="Where Streak has it from, such as GMAIL_API."),
        "mime_type": text("MIME type"),
        "owner": text("Owner"),
        "bytes": integer("Bytes"),
    },
    required=("file_key", "box_key", "name"),
)
FILE_SAMPLE: Json = {
    "file_key": "agxFILE1",
    "box_key": "agxBOX1",
    "name": "order.pdf",
    "kind": "GMAIL_API",
    "mime_type": "application/pdf",
    "owner": "ana@example.test",
    "bytes": 48213,
}


def thread_output(thread: Json) -> dict[str, Json]:
    """Streak's thread → what `THREAD` describes."""
    return {
        "thread_key": str(thread.get("key") or thread["gmailThreadKey"]),
        "box_key": str(thread.get("boxKey") or ""),
        "subject": str(thread.get("subject") or ""),
        "emails": [str(one) for one in thread.get("emailAddresses") or []],
        "names": [str(one) for one in thread.get("names") or []],
        "file_keys": [str(one) for one in thread.get("fileKeys") or []],
        "gmail_id": str(thread.get("threadGmailId") or ""),
        "last_email_at": iso(thread.get("lastEmailTimestamp")),
        "updated_at": iso(thread.get("lastUpdatedTimestamp")),
    }


def file_output(file: Json) -> dict[str, Json]:
    """Streak's file → what `FILE` describes; its size comes as text."""
    size = str(file.get("size") or "")
    return {
        "file_key": str(file.get("fileKey") or file["key"]),
        "box_key": str(file.get("boxKey") or ""),
        "name": str(file.get("fileName") or file.get("mainFileName") or ""),
        "kind": str(file.get("fileType") or ""),
        "mime_type": str(file.get("mimeType") or ""),
        "owner": str(file.get("fileOwner") or ""),
        **({"bytes": int(size)} if size.isdigit() else {}),
    }
