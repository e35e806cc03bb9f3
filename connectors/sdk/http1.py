"""One HTTP/1.1 exchange as bytes: the request's head and body, and its answer read to the end within a size limit."""

import http.client
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from connectors.sdk.transport import Line

__all__ = ["BROKEN", "Answer", "TooLargeError", "read_answer", "request_bytes"]

BROKEN = (http.client.HTTPException, zlib.error, OSError)
"""What a line that breaks in the middle of an exchange raises."""

_CHUNK = 65_536
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FRAMING = frozenset({"content-length", "transfer-encoding"})
_GZIP = 16 + zlib.MAX_WBITS


class TooLargeError(ValueError):
    """The answer is larger than the caller takes."""


class Answer:
    """Status, lower-cased headers and whole body. `keeps`: the line may be used again."""

    __slots__ = ("body", "headers", "keeps", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, *, keeps: bool) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.keeps = keeps


def request_bytes(method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes | None) -> bytes:
    """The whole request. Raises ValueError for a header that could end its line, frame the body, or isn't Latin-1."""
    lines = [f"{method} {target} HTTP/1.1"]
    for name, value in headers:
        if not _is_free(name):
            raise ValueError(f"{name!r} is not a header that may be set")
        lines.append(f"{name}: {value}")
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1 or "\0" in head:
        raise ValueError("a header holds a line break")
    return f"{head}\r\n\r\n".encode("latin-1") + (body or b"")


def read_answer(line: Line, method: str, most: int) -> Answer:
    """Read the answer from a line. Raises one of `BROKEN`, or `TooLargeError` beyond `most` unpacked bytes."""
    answer = http.client.HTTPResponse(line.sock, method=method)
    try:
        answer.begin()
        headers = _lowered(answer)
        parts = _parts(answer)
        if headers.get("content-encoding", "").lower() in {"gzip", "x-gzip"}:
            parts = _unpacked(parts, most)
        body = _joined(parts, most)
        return Answer(answer.status, headers, body, keeps=not answer.will_close)
    finally:
        answer.close()


@lru_cache(maxsize=256)
def _is_free(name: str) -> bool:
    """A well-formed name, and none that says how long the body is: that is ours to say."""
    return _TOKEN.fullmatch(name) is not None and name.lower() not in _FRAMING


def _lowered(answer: http.client.HTTPResponse) -> dict[str, str]:
    """Headers by lower-case name; one that is repeated is a list with commas."""
    headers: dict[str, str] = {}
    for name, value in answer.msg.raw_items():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _parts(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while part := answer.read(_CHUNK):
        yield part
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)


def _unpacked(parts: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Gunzip, in pieces no larger than what is still allowed: a small answer can't fill the memory."""
    unzip = zlib.decompressobj(_GZIP)
    begun = False
    for part in parts:
        packed = part
        while packed:
            if unzip.eof:
                unzip = zlib.decompressobj(_GZIP)
            begun = True
            yield unzip.decompress(packed, most + 1)
            packed = unzip.unconsumed_tail or unzip.unused_data
    if begun and not unzip.eof:
        raise zlib.error("the packed answer ends too early")


def _joined(parts: Iterator[bytes], most: int) -> bytes:
    found: list[bytes] = []
    size = 0
    for part in parts:
        size += len(part)
        if size > most:
            raise TooLargeError
        found.append(part)
    return found[0] if len(found) == 1 else b"".join(found)
