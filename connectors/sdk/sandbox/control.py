"""The control API and the index page: what a person, the demo and the tests steer the sandbox with. Loopback only."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from connectors.sdk.sandbox.http import RefusedError, Reply, Request, encode, problem, read_object
from connectors.sdk.sandbox.index_page import asset, page, regions
from connectors.sdk.sandbox.router import Router
from connectors.sdk.sandbox.server import Line
from connectors.sdk.sandbox.simulator import Kind, Route, Simulator, World
from connectors.sdk.wire import Json

if TYPE_CHECKING:
    from connectors.sdk.sandbox.host import SandboxHost

__all__ = ["Control"]

Handler = Callable[[Request], Reply]
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Control:
    """Answers at the control port, decimals as texts. Simulators add their own routes; those see their own world."""

    def __init__(self, host: "SandboxHost") -> None:
        self._host = host
        self._router = Router[Handler]([*self._own_routes(), *self._system_routes()])

    def __call__(self, request: Request, _line: Line) -> Reply:
        reply = self._answer(request)
        raw = encode(reply.value, "string") if reply.raw is None else reply.raw
        return Reply(reply.value, reply.status, reply.headers, raw, reply.content_type)

    def _answer(self, request: Request) -> Reply:
        try:
            _check(request)
            handler = self._router.match(request)
            with self._host.store.writing() if request.is_write else nullcontext():
                return handler(request)
        except LookupError as error:
            return problem(405 if str(error) == "method" else 404, "The sandbox has no such path.")
        except RefusedError as refused:
            return refused.reply
        except ValueError as error:
            return problem(400, str(error))

    def _own_routes(self) -> Sequence[tuple[str, str, Handler]]:
        return [
            ("GET", "/", lambda request: page(self._host, request)),
            ("GET", "/regions", lambda request: Reply(regions(self._host, request))),
            ("GET", "/assets/<name>", lambda request: asset(request.params["name"])),
            ("GET", "/api/state", lambda _request: Reply(self._state())),
            ("GET", "/api/urls", lambda _request: Reply(self._host.urls())),
            ("GET", "/api/traffic", self._traffic),
            ("GET", "/api/<system>/records", self._records),
            ("GET", "/api/<system>/records/<kind>/<key>", self._record),
            ("GET", "/api/faults", lambda _request: Reply(self._faults())),
            ("POST", "/api/faults", self._arm),
            ("POST", "/api/reset", lambda _request: self._reset()),
            ("POST", "/api/clock", self._clock),
        ]

    def _system_routes(self) -> Sequence[tuple[str, str, Handler]]:
        return [
            (route.method, route.rule, _in_world(route, self._host.worlds[simulator.id]))
            for simulator in self._host.simulators.values()
            for route in simulator.control
        ]

    def _state(self) -> Json:
        systems = {}
        for simulator in self._host.simulators.values():
            world = self._host.worlds[simulator.id]
            systems[simulator.id] = {
                "title": simulator.title,
                "monogram": simulator.monogram,
                "url": self._host.api_url(simulator.id),
                "account": dict(simulator.account(world)),
                "counts": {kind.id: world.records.count(kind.id) for kind in simulator.kinds},
                "kinds": [_kind_view(kind) for kind in simulator.kinds],
                "faults": world.faults.view(),
                "board": simulator.board(world) if simulator.board else None,
            }
        return {"clock": self._host.clock.now().isoformat(timespec="seconds"), "systems": systems}

    def _traffic(self, request: Request) -> Reply:
        return Reply(
            self._host.traffic.after(int(request.query("after", "0")), int(request.query("limit", "1000")))
        )

    def _records(self, request: Request) -> Reply:
        """Every record of a kind: {"items": [full records], "rows": [{"key", "cells"}]}; newest first in `rows`."""
        simulator, world = self._system(request)
        kind = _kind(simulator, request.query("kind"))
        limit = int(request.query("limit", "1000"))
        records = world.records.all(kind.id)[-limit:]
        if request.query("view") == "rows":
            rows = [
                {
                    "key": record.get("key") or record.get("id"),
                    "cells": [c.show(world, record) for c in kind.columns],
                }
                for record in reversed(records)
            ]
            return Reply({"rows": rows, "total": world.records.count(kind.id)})
        return Reply(
            {"items": [kind.view(world, record) for record in records], "total": world.records.count(kind.id)}
        )

    def _record(self, request: Request) -> Reply:
        simulator, world = self._system(request)
        kind = _kind(simulator, request.params["kind"])
        record = world.records.get(kind.id, request.params["key"])
        return Reply(kind.view(world, record)) if record else problem(404, "The sandbox has no such record.")

    def _faults(self) -> Json:
        return {system: world.faults.view() for system, world in self._host.worlds.items()}

    def _arm(self, request: Request) -> Reply:
        """Body: {"system", "kind", "mode", count?, share?, scope?, path?, millis?}, or {"clear": true, "hits": true?}."""
        body = read_object(request)
        if body.get("clear"):
            for world in self._host.worlds.values():
                world.faults.clear()
                if body.get("hits"):
                    world.faults.forget_hits()
            return Reply(self._faults())
        world = self._world(str(body.get("system", "")))
        world.faults.arm(str(body.get("kind", "")), body.get("mode", ""), body)
        return Reply(self._faults())

    def _reset(self) -> Reply:
        self._host.reset()
        return Reply(
            {"accounts": {name: system["account"] for name, system in self._host.urls()["systems"].items()}}
        )

    def _clock(self, request: Request) -> Reply:
        """Body: {"advance_seconds": n}."""
        self._host.clock.advance(int(read_object(request).get("advance_seconds", 0)))
        for world in self._host.worlds.values():
            world.wake()
        return Reply({"clock": self._host.clock.now().isoformat(timespec="seconds")})

    def _system(self, request: Request) -> tuple[Simulator, World]:
        system = request.params["system"]
        world = self._world(system)
        return self._host.simulators[system], world

    def _world(self, system: str) -> World:
        if system not in self._host.worlds:
            raise ValueError(f"The sandbox has no system called {system!r}.")
        return self._host.worlds[system]


def _check(request: Request) -> None:
    if request.headers.get("host", "").rpartition(":")[0] not in LOOPBACK:
        raise RefusedError(problem(403, "The sandbox answers on this machine only."))
    if request.is_write and request.content_type != "application/json":
        raise RefusedError(problem(415, "Send application/json."))


def _kind(simulator: Simulator, name: str) -> Kind:
    for kind in simulator.kinds:
        if kind.id == name:
            return kind
    raise ValueError(f"{simulator.title} has no kind of record called {name!r}.")


def _kind_view(kind: Kind) -> Mapping[str, Json]:
    columns = [{"title": column.title, "numeric": column.numeric} for column in kind.columns]
    return {"id": kind.id, "title": kind.title, "columns": columns}


def _in_world(route: Route, world: World) -> Handler:
    return lambda request: route.handler(world, request)
