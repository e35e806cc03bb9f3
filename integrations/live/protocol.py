"""What is said on the socket: JSON text frames, small and without payloads (docs: the REST and socket contract)."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from rest_framework.utils.encoders import JSONEncoder

__all__ = ["FORBIDDEN", "SIGN_IN", "SLOW_DOWN", "Ask", "Garbled", "envelope", "read"]

SIGN_IN = 4401
FORBIDDEN = 4403
SLOW_DOWN = 4429
LONGEST = 2000  # characters of a client's frame
_LARGEST_SEQ = 2**53


class Garbled(ValueError):  # noqa: N818 - named by what arrived
    """A frame that isn't part of the protocol; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a client says. `after` is the sequence number it knows; 0 = nothing yet."""

    op: Literal["sub", "unsub", "ping"]
    topic: str = ""
    after: int = 0


def read(text: str) -> Ask:
    """A client's frame. Raises `Garbled`."""
    if len(text) > LONGEST:
        raise Garbled("A frame is too long.")
    try:
        frame = json.loads(text)
    except ValueError as error:
        raise Garbled("A frame must be JSON.") from error
    if not isinstance(frame, dict) or frame.get("op") not in {"sub", "unsub", "ping"}:
        raise Garbled("op must be sub, unsub or ping.")
    topic, after = frame.get("topic", ""), frame.get("after") or 0
    if frame["op"] != "ping" and not (isinstance(topic, str) and topic):
        raise Garbled("Name a topic.")
    if isinstance(after, bool) or not isinstance(after, int) or not 0 <= after < _LARGEST_SEQ:
        raise Garbled("after must be a sequence number.")
    return Ask(frame["op"], topic if isinstance(topic, str) else "", after)


def envelope(topic: str, seq: int, type: str, data: Any) -> str:
    """A server's frame as text."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    frame = {"topic": topic, "seq": seq, "ts": now, "type": type, "data": data}
    return json.dumps(frame, cls=JSONEncoder, separators=(",", ":"), ensure_ascii=False)
