"""One HTTP/1.1 exchange as bytes: the request's head and body, and its answer read to the end within a size limit."""

import re
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import httptools

from connectors.sdk.transport import Line

__all__ = ["BROKEN", "Answer", "TooLargeError", "read_answer", "request_bytes"]

BROKEN = (httptools.HttpParserError, zlib.error, OSError)
"""What a line that breaks in the middle of an exchange raises."""

_CHUNK = 65_536
_MOST_HEAD = 131_072
"""Bytes of all headers together."""
_INTERIM = 200
"""Statuses below are interim: the answer itself follows."""
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
    reading = _Reading(method, most)
    parser = httptools.HttpResponseParser(reading)
    reading.parser = parser
    while not reading.whole:
        part = line.sock.recv(_CHUNK)
        if not part:
            reading.ended()
            break
        try:
            parser.feed_data(part)
        except httptools.HttpParserCallbackError as stopped:
            if not isinstance(stopped.__context__, _EnoughError):
                raise
            reading.keeps = False
        if reading.size > most:
            raise TooLargeError
    return Answer(reading.status, reading.headers, reading.body(), keeps=reading.keeps)


@lru_cache(maxsize=256)
def _is_free(name: str) -> bool:
    """A well-formed name, and none that says how long the body is: that is ours to say."""
    return _TOKEN.fullmatch(name) is not None and name.lower() not in _FRAMING


class _EnoughError(Exception):
    """The answer is whole, and more follows it."""


class _Reading:
    """What the parser has told of one answer so far. Interim answers (1xx) are passed over."""

    def __init__(self, method: str, most: int) -> None:
        self.parser: Any = None
        self.status = 0
        self.headers: dict[str, str] = {}
        self.size = 0
        self.whole = False
        self.keeps = False
        self._bodiless = method == "HEAD"
        self._most = most
        self._head = 0
        self._parts: list[bytes] = []
        self._unzip: _Unzip | None = None

    def body(self) -> bytes:
        if self._unzip is not None:
            self._unzip.ended()
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def ended(self) -> None:
        """The far side has closed the line: right for a body that ends with it, and for nothing else."""
        framed = "content-length" in self.headers or "transfer-encoding" in self.headers
        if not self.status or framed:
            raise ConnectionResetError("the line was closed in the middle of the answer")
        self.keeps = False

    # -- what the parser calls ----------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self.whole:
            raise _EnoughError  # bytes nobody asked for: whose answer would the next one be?

    def on_header(self, name: bytes, value: bytes) -> None:
        """One that is repeated is a list with commas."""
        self._head += len(name) + len(value)
        if self._head > _MOST_HEAD:
            raise ValueError("the answer's head is too long")
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        status = self.parser.get_status_code()
        if status < _INTERIM:
            self.headers = {}
            return
        self.status, self.keeps = status, self.parser.should_keep_alive()
        self.whole = self._bodiless
        if self.headers.get("content-encoding", "").lower() in {"gzip", "x-gzip"}:
            self._unzip = _Unzip()

    def on_body(self, part: bytes) -> None:
        if self.size > self._most:
            return
        if self._unzip is not None:
            part = self._unzip.unpacked(part, self._most + 1 - self.size)
        self.size += len(part)
        self._parts.append(part)

    def on_message_complete(self) -> None:
        self.whole = self.status > 0


class _Unzip:
    """Gunzips, giving no more than what is still allowed: a small answer can't fill the memory."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP)
        self._begun = False

    def unpacked(self, packed: bytes, most: int) -> bytes:
        """At most `most` bytes; whoever gets as many has had enough."""
        found: list[bytes] = []
        while packed and most > 0:
            if self._stream.eof:
                self._stream = zlib.decompressobj(_GZIP)
            self._begun = True
            found.append(self._stream.decompress(packed, most))
            most -= len(found[-1])
            packed = self._stream.unconsumed_tail or self._stream.unused_data
        return b"".join(found)

    def ended(self) -> None:
        if self._begun and not self._stream.eof:
            raise zlib.error("the packed answer ends too early")
