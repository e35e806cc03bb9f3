"""One simulated system as an HTTP application: routing, credentials, faults, transaction, traffic."""

import time
from dataclasses import replace
from http import HTTPStatus

from connectors.sdk.sandbox.faults import Fault
from connectors.sdk.sandbox.http import NO_CONTENT, RefusedError, Reply, Request, encode
from connectors.sdk.sandbox.router import Router
from connectors.sdk.sandbox.server import Line
from connectors.sdk.sandbox.simulator import Route, Simulator, World
from connectors.sdk.sandbox.traffic import Exchange

__all__ = ["Service"]


class Service:
    """Answers the requests to one simulated system."""

    def __init__(self, simulator: Simulator, world: World) -> None:
        self.simulator = simulator
        self.world = world
        self._router = Router((route.method, route.rule, route) for route in simulator.routes)

    def __call__(self, request: Request, line: Line) -> Reply | None:
        began = time.perf_counter()
        fault, reply = self._answer(request, line)
        if reply is not None:
            reply = replace(reply, clock=self.world.clock.now().timestamp())
        self.world.traffic.add(
            Exchange(
                system=self.simulator.id,
                method=request.method,
                path=request.path + (f"?{request.query_text}" if request.query_text else ""),
                status=reply.status if reply else 0,
                millis=round((time.perf_counter() - began) * 1000, 2),
                at=self.world.clock.millis(),
                fault=fault,
            )
        )
        return reply

    def _answer(self, request: Request, line: Line) -> tuple[str, Reply | None]:
        try:
            route = self._router.match(request)
        except LookupError as error:
            return "", self._encoded(self._unrouted(request, str(error)))
        request.open = route.open
        struck = self._strike(request)
        if struck is None:
            reply = self._handle(route, request)
            return self._after(request, line, reply)
        kind, fault = struck
        if kind == "late_commit":
            line.drop()
            time.sleep(fault.millis / 1000)
            self._handle(route, request)
            return kind, None
        if kind == "hang":
            time.sleep(fault.millis / 1000)
            line.drop()
            return kind, None
        return kind, self.simulator.refusal(kind, fault.millis)

    def _strike(self, request: Request) -> tuple[str, Fault] | None:
        if slow := self.world.faults.claim("slow", request):
            time.sleep(slow.millis / 1000)
        return self.world.faults.claim_first("before", request)

    def _after(self, request: Request, line: Line, reply: Reply) -> tuple[str, Reply | None]:
        written = request.is_write and reply.status < HTTPStatus.MULTIPLE_CHOICES
        if written and (struck := self.world.faults.claim_first("after", request)):
            line.drop()
            return struck[0], None
        return "", self._encoded(reply)

    def _unrouted(self, request: Request, reason: str) -> Reply:
        try:
            self.simulator.guard(self.world, request)
        except RefusedError as refused:
            return refused.reply
        return self.simulator.lost(reason)

    def _handle(self, route: Route, request: Request) -> Reply:
        try:
            if not route.open:
                self.simulator.guard(self.world, request)
            if not request.is_write:
                return route.handler(self.world, request)
            with self.world.records.store.writing():
                return route.handler(self.world, request)
        except RefusedError as refused:
            return refused.reply

    def _encoded(self, reply: Reply) -> Reply:
        quirk = self.simulator.text_decimals
        if reply.raw is not None or reply.status == NO_CONTENT:
            return reply
        raw = encode(reply.value, "string" if quirk and self.world.faults.on(quirk) else "number")
        return Reply(reply.value, reply.status, reply.headers, raw, reply.content_type)
