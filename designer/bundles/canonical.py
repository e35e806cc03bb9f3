"""One text for one value: JSON with sorted keys, two spaces, LF at the end, so that bundles can be hashed and compared."""

import hashlib
import json
from collections.abc import Iterable

from connectors.sdk.wire import Json

__all__ = ["json_bytes", "ndjson_bytes", "sha256"]


def json_bytes(value: Json) -> bytes:
    """The canonical file of a value."""
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def ndjson_bytes(values: Iterable[Json]) -> bytes:
    """One canonical line per value."""
    lines = (json.dumps(one, sort_keys=True, ensure_ascii=False, allow_nan=False) for one in values)
    return "".join(line + "\n" for line in lines).encode()


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()
