"""The one codec for everything stored: JSON, compressed, sealed with a data key, large values in a row of their own.

A blob is: version, form, class, data-key id (4 bytes), nonce (12 bytes), AES-256-GCM ciphertext with tag. The first seven
bytes are its associated data. The form says how it was made short (`squeeze.py`) and whether it is a reference.
"""

import hashlib
import os
import uuid
from collections.abc import Iterable
from typing import Any, Literal

import orjson
from cryptography.exceptions import InvalidTag

from connectors.sdk.wire import Json
from integrations.engine.long_list import LongList
from integrations.payloads import keys
from integrations.payloads.models import Payload
from integrations.payloads.squeeze import squeeze, unsqueeze

__all__ = [
    "ERASED", "INLINE_LIMIT", "REMOVED", "THE_EVENT", "Class", "Unreadable", "digest", "instead", "pack", "removed", "store", "unpack", "unpack_all",
]  # fmt: skip

Class = Literal["event", "step", "exchange", "request", "effect", "sample"]

INLINE_LIMIT = 32 * 1024
"""Bytes of a blob that may stand in the row of its owner; a larger one gets a `Payload` row."""
ERASED: dict[str, Json] = {"$erased": True}
"""What a payload reads as once its subject was erased."""
REMOVED = "$removed"
"""The one key of what a payload reads as that retention has removed: {"$removed": {"after_days": 30}}."""

THE_EVENT = bytes((2,))
"""What a step keeps as its input or output when it is the run's event: `runs/repeated.py` spells it out."""
GONE = 0
"""The version of what retention left in place of a payload: it holds the days and nothing else."""
VERSION = 1
REFERENCE = 2  # a bit of the form; the others are `squeeze`'s
HEADER = 7
BODY = HEADER + 12
CLASSES: dict[str, int] = {"event": 1, "step": 2, "exchange": 3, "request": 4, "effect": 5, "sample": 6}
JSON_ONLY = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


class Unreadable(Exception):  # noqa: N818 - named by what it is
    """A stored payload can't be read: not ours, changed, or its data key or its row is gone."""


def pack(value: Json, *, klass: Class, subject: str = "") -> bytes:
    """Code a JSON value for storage. `subject` names whose data it is: erasing that subject erases it.

    A long list in it is coded as its note. Raises TypeError for anything that isn't JSON (Decimal, datetime, integers over
    64 bits).
    """
    plain = orjson.dumps(value, default=_refuse, option=JSON_ONLY)
    short, form = squeeze(plain)
    return _sealed(short, form, CLASSES[klass], subject)


def unpack(blob: bytes | memoryview | None) -> Json:
    """The value that `pack` or `store` coded; None for None; `ERASED` if its subject was erased. Raises Unreadable."""
    if blob is None:
        return None
    opened = _opened(bytes(blob))
    return orjson.loads(opened) if isinstance(opened, bytes) else unpack_all([blob])[0]


def unpack_all(blobs: Iterable[bytes | memoryview | None]) -> list[Json]:
    """`unpack` of each, reading all rows they refer to in one query."""
    opened = [_opened(bytes(blob)) if blob is not None else None for blob in blobs]
    wanted = {item for item in opened if isinstance(item, uuid.UUID)}
    rows = dict(Payload.objects.filter(pk__in=wanted).values_list("pk", "blob")) if wanted else {}
    return [_resolved(item, rows) for item in opened]


def store(value: Json, klass: Class, subject: str = "") -> tuple[bytes, Payload | None]:
    """Like `pack`, but over INLINE_LIMIT returns a small reference and the row, which the caller saves in its commit."""
    blob = pack(value, klass=klass, subject=subject)
    if len(blob) <= INLINE_LIMIT:
        return blob, None
    payload = Payload(id=uuid.uuid4(), klass=klass, blob=blob)
    return _sealed(payload.id.bytes, REFERENCE, CLASSES[klass], subject), payload


def removed(after_days: int) -> bytes:
    """What stands in place of a payload that was removed so many days after its run had ended."""
    return bytes((GONE,)) + after_days.to_bytes(4)


def instead(value: Json) -> str:
    """What to say in place of a payload that is gone: a sentence; "" for one that is there."""
    if value == ERASED:
        return "Erased on request."
    gone = value.get(REMOVED) if isinstance(value, dict) and len(value) == 1 else None
    return f"Removed {gone['after_days']} days after the run had ended." if isinstance(gone, dict) else ""


def digest(value: Json) -> str:
    """SHA-256 in hex of the value's canonical JSON (keys sorted): equal values have equal digests."""
    plain = orjson.dumps(value, default=_refuse, option=JSON_ONLY | orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()


def _refuse(value: Any) -> Json:
    if isinstance(value, LongList):
        return value.note()
    raise TypeError(f"A {type(value).__name__} isn't JSON; write it as text first.")


def _sealed(short: bytes, form: int, klass: int, subject: str) -> bytes:
    key = keys.of_subject(subject)
    if key.cipher is None:
        raise Unreadable("The data key was destroyed.")
    header = bytes((VERSION, form, klass)) + key.id.to_bytes(4)
    nonce = os.urandom(BODY - HEADER)
    return header + nonce + key.cipher.encrypt(nonce, short, header)


def _opened(blob: bytes) -> bytes | uuid.UUID | None:
    """The JSON text inside, a reference to a row, or None if it was erased."""
    if blob[:1] == bytes((GONE,)):
        return orjson.dumps({REMOVED: {"after_days": int.from_bytes(blob[1:])}})
    if len(blob) <= BODY or blob[0] != VERSION:
        raise Unreadable("This isn't a stored payload.")
    key = keys.by_id(int.from_bytes(blob[3:HEADER]))
    if key is None:
        raise Unreadable("The data key of this payload is missing.")
    if key.cipher is None:
        return b'{"$erased":true}'
    try:
        short = key.cipher.decrypt(blob[HEADER:BODY], blob[BODY:], blob[:HEADER])
    except InvalidTag as error:
        raise Unreadable("This payload was changed after it was stored.") from error
    if blob[1] & REFERENCE:
        return uuid.UUID(bytes=short)
    try:
        return unsqueeze(short, blob[1])
    except KeyError as error:
        raise Unreadable("This payload was stored by a newer version of Interlock.") from error


def _resolved(item: bytes | uuid.UUID | None, rows: dict[uuid.UUID, Any]) -> Json:
    if item is None:
        return None
    if isinstance(item, bytes):
        return orjson.loads(item)
    if item not in rows:
        raise Unreadable("The row that holds this payload was removed.")
    inner = _opened(bytes(rows[item]))
    if not isinstance(inner, bytes):
        raise Unreadable("This payload refers to a reference.")
    return orjson.loads(inner)
