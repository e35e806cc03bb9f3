"""The far system of the bench: a process of its own that answers in some ten microseconds and remembers what it was sent.

`python -m tests.bench.target --ports 8101 8102 8103`: every port is an account of its own. `/control/…` is the bench's:
`set` (delay in seconds, ports that hang), `reset`, `stats`, `invoices`.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qs

import httptools
import orjson
import uvloop

from tests.bench.deals import batch_item

__all__ = ["main"]

_HEAD = b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_REASONS = {200: b"OK", 201: b"Created", 404: b"Not Found"}
Answer = tuple[int, Any]


@dataclass
class Books:
    """What the target holds. `invoices`, `boxes` and `lists` keep every arrival, so that a second one is seen."""

    delay: float = 0.0
    hanging: set[int] = field(default_factory=set)
    calls: int = 0
    customers: dict[str, str] = field(default_factory=dict)
    answered: dict[str, Answer] = field(default_factory=dict)
    invoices: list[dict[str, Any]] = field(default_factory=list)
    boxes: list[dict[str, Any]] = field(default_factory=list)
    lists: list[dict[str, Any]] = field(default_factory=list)

    def reset(self) -> None:
        """Forget everything that was sent; delay and hanging ports stay."""
        self.calls = 0
        for kept in (self.customers, self.answered):
            kept.clear()
        for rows in (self.invoices, self.boxes, self.lists):
            rows.clear()


class Target:
    """Answers a request: method, URL, idempotency key, body → status and body."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._routes: dict[tuple[str, str], Callable[[str, str, bytes], Answer]] = {
            ("GET", "customers"): self._find_customers,
            ("POST", "customers"): self._add_customer,
            ("POST", "invoices"): self._add_invoice,
            ("GET", "invoices"): self._find_invoices,
            ("POST", "boxes"): self._update_box,
            ("GET", "boxes"): self._read_box,
            ("GET", "lists"): self._take_list,
            ("GET", "items"): self._list_items,
        }

    def answer(self, port: int, method: str, url: bytes, key: str, body: bytes) -> Answer:
        path, _, query = url.decode().partition("?")
        _, kind, *rest = path.split("/", 2)
        if kind == "control":
            return self._control(rest[0], body)
        if kind == "me":
            return 200, {"id": f"bench-{port}"}
        self._books.calls += 1
        route = self._routes.get((method, kind))
        if route is None:
            return 404, {"error": "unknown path"}
        if key and key in self._books.answered:
            return self._books.answered[key]
        found = route(rest[0] if rest else "", query, body)
        if key:
            self._books.answered[key] = found
        return found

    def _control(self, what: str, body: bytes) -> Answer:
        books = self._books
        match what:
            case "reset":
                books.reset()
            case "set":
                asked = orjson.loads(body)
                books.delay, books.hanging = float(asked["delay"]), set(asked["hanging"])
            case "invoices":
                return 200, {"invoices": books.invoices, "boxes": books.boxes, "lists": books.lists}
        numbers = {"invoices": len(books.invoices), "boxes": len(books.boxes), "lists": len(books.lists)}
        return 200, {"calls": books.calls, "last": self._last(), **numbers}

    def _last(self) -> float:
        """When the last thing that counts arrived."""
        return max(
            (rows[-1]["at"] for rows in (self._books.invoices, self._books.lists) if rows), default=0.0
        )

    def _find_customers(self, _rest: str, query: str, _body: bytes) -> Answer:
        """Customers with an even number are there from the beginning, the others once they were made."""
        email = parse_qs(query)["email"][0]
        number = email.partition("@")[0]
        there = self._books.customers.get(email) or ("" if int(number) % 2 else f"known-{email}")
        return 200, {"results": [{"id": there, "email": email}] if there else []}

    def _add_customer(self, _rest: str, _query: str, body: bytes) -> Answer:
        sent = orjson.loads(body)
        made = f"c{len(self._books.customers) + 1}"
        self._books.customers[sent["email"]] = made
        return 201, {"id": made, "email": sent["email"]}

    def _add_invoice(self, _rest: str, _query: str, body: bytes) -> Answer:
        """The total is added up here, from the lines that were received."""
        sent = orjson.loads(body)
        made = {"id": f"i{len(self._books.invoices) + 1}", "at": time.monotonic(), **sent}
        self._books.invoices.append(made)
        return 201, {"id": made["id"], "total": sent["total"], "currency": sent["currency"]}

    def _find_invoices(self, _rest: str, query: str, _body: bytes) -> Answer:
        wanted = parse_qs(query)["reference"][0]
        return 200, {"results": [one for one in self._books.invoices if one["reference"] == wanted]}

    def _update_box(self, rest: str, _query: str, body: bytes) -> Answer:
        self._books.boxes.append({"key": rest, "at": time.monotonic(), **orjson.loads(body)})
        return 200, {"key": rest}

    def _read_box(self, rest: str, _query: str, _body: bytes) -> Answer:
        held = [one for one in self._books.boxes if one["key"] == rest]
        return (200, held[-1]) if held else (404, {"error": "no such box"})

    def _list_items(self, _rest: str, query: str, _body: bytes) -> Answer:
        """As many as are asked for: the list has no end."""
        asked = parse_qs(query)
        first = int(asked["first"][0])
        return 200, {"items": [batch_item(at) for at in range(first, first + int(asked["count"][0]))]}

    def _take_list(self, _rest: str, query: str, _body: bytes) -> Answer:
        asked = parse_qs(query)
        self._books.lists.append(
            {"key": asked["key"][0], "count": int(asked["count"][0]), "at": time.monotonic()}
        )
        return 200, {"ok": True}


class Connection(asyncio.Protocol):
    """One keep-alive connection, parsed by httptools; requests on it come one after the other."""

    def __init__(self, port: int, books: Books, target: Target) -> None:
        self._port, self._books, self._target = port, books, target
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._url, self._key, self._body = b"", "", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._url, self._key, self._body = b"", "", b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) == len("idempotency-key") and name.lower() == b"idempotency-key":
            self._key = value.decode()

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        """Answer now, later, or never."""
        if self._port in self._books.hanging and not self._url.startswith(b"/control"):
            return
        method = self._parser.get_method().decode()
        status, body = self._target.answer(self._port, method, self._url, self._key, self._body)
        packed = orjson.dumps(body)
        answer = _HEAD % (status, _REASONS[status], len(packed)) + packed
        if self._books.delay and not self._url.startswith(b"/control"):
            asyncio.get_running_loop().call_later(self._books.delay, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


async def serve(ports: list[int]) -> None:
    """Listen until killed; one line of JSON says when."""
    books = Books()
    target, loop = Target(books), asyncio.get_running_loop()
    servers = [
        await loop.create_server(partial(Connection, port, books, target), "127.0.0.1", port)
        for port in ports
    ]
    print(json.dumps({"listening": ports}), flush=True)  # noqa: T201 - whoever started it reads this line
    await asyncio.gather(*(server.serve_forever() for server in servers))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ports", type=int, nargs="+", required=True)
    uvloop.run(serve(parser.parse_args().ports))


if __name__ == "__main__":
    main()
