"""A small threaded HTTP/1.1 server: keep-alive, TCP_NODELAY, and the power to drop a connection without answering."""

import contextlib
import logging
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import unquote

import httptools

from connectors.sdk.sandbox.http import NO_CONTENT, Reply, Request, encode

__all__ = ["HttpServer", "Line"]

_LOG = logging.getLogger(__name__)
MAX_BODY = 10_000_000
IDLE_SECONDS = 120.0
PHRASES: Mapping[int, str] = {status.value: status.phrase for status in HTTPStatus}


class Line:
    """The client's end of one connection, as a handler may use it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.dropped = False

    def drop(self) -> None:
        """Cut the connection with a TCP reset; nothing is sent any more."""
        self.dropped = True
        with contextlib.suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()


App = Callable[[Request, Line], Reply | None]
"""Answers a request; None means that the connection was dropped."""


class _Assembly:
    """Collects what the parser reports until a request is complete."""

    def __init__(self) -> None:
        self.ready: list[tuple[Request, bool]] = []
        self.too_large = False
        self.parser = httptools.HttpRequestParser(self)
        self.on_message_begin()

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._size = 0

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        self.too_large = self.too_large or self._size > MAX_BODY
        if not self.too_large:
            self._body.append(body)

    def on_message_complete(self) -> None:
        path, _, query = self._url.decode("latin-1").partition("?")
        request = Request(
            method=self.parser.get_method().decode("latin-1"),
            path=unquote(path),
            query_text=query,
            headers=self._headers,
            body=b"".join(self._body),
        )
        self.ready.append((request, self.parser.should_keep_alive()))


class HttpServer:
    """Serves `app` on `host:port` (0 = a free port) with one thread per connection."""

    def __init__(self, app: App, host: str, port: int, name: str) -> None:
        self._app = app
        self._name = name
        self._listener = socket.create_server((host, port), backlog=512)
        self._stopping = False
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, name=f"sandbox-{name}", daemon=True)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Close the listener and every connection; waits for the accepting thread."""
        self._stopping = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join(5)

    def _accept(self) -> None:
        while not self._stopping:
            try:
                sock, _peer = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(IDLE_SECONDS)
            self._open.add(sock)
            threading.Thread(target=self._serve, args=(sock,), name=f"{self._name}-line", daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            self._converse(sock)
        except (OSError, httptools.HttpParserError):
            pass
        except Exception:  # noqa: BLE001 - the outermost frame of a connection's thread
            _LOG.exception("The sandbox stumbled over a request to %s", self._name)
            with contextlib.suppress(OSError):
                sock.sendall(_wire(Reply({"error": "The sandbox stumbled"}, 500), keep=False))
        finally:
            self._open.discard(sock)
            sock.close()

    def _converse(self, sock: socket.socket) -> None:
        assembly = _Assembly()
        while data := sock.recv(65536):
            assembly.parser.feed_data(data)
            if assembly.too_large:
                sock.sendall(_wire(Reply({"error": "The body is too large"}, 413), keep=False))
                return
            while assembly.ready:
                request, keep = assembly.ready.pop(0)
                line = Line(sock)
                reply = self._app(request, line)
                if reply is None or line.dropped:
                    return
                sock.sendall(_wire(reply, keep=keep, head_only=request.method == "HEAD"))
                if not keep:
                    return


def _wire(reply: Reply, *, keep: bool, head_only: bool = False) -> bytes:
    body = reply.raw if reply.raw is not None else b"" if reply.status == NO_CONTENT else encode(reply.value)
    head = [
        f"HTTP/1.1 {reply.status} {PHRASES.get(reply.status, 'Unknown')}",
        f"Date: {formatdate(reply.clock, usegmt=True)}",
        f"Content-Length: {len(body)}",
        f"Connection: {'keep-alive' if keep else 'close'}",
    ]
    if body:
        head.append(f"Content-Type: {reply.content_type}")
    head.extend(f"{name}: {value}" for name, value in reply.headers.items())
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + (b"" if head_only else body)
