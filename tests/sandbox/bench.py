"""What the sandbox's tests work with: clients of both simulators, and a place that webhooks are delivered to."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import requests

from connectors.sdk.sandbox.host import SandboxHost
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.server import HttpServer, Line
from connectors.sdk.wire import Json
from connectors.streak.sandbox.company import API_KEY

__all__ = ["Api", "Bench", "Receiver", "eventually", "refusals"]


def eventually(check: Callable[[], Any], seconds: float = 10) -> Any:
    """The first truthy result of `check`; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.005)
    raise AssertionError(f"{check} never came true")


def refusals(answer: requests.Response) -> dict[str, str]:
    """What Sage refused: messages by `$source`."""
    assert answer.status_code == 422, answer.text
    return {one["$source"]: one["$message"] for one in answer.json()}


class Api(requests.Session):
    """A session with a base URL."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.trust_env = False

    def call(self, method: str, path: str, **rest: Any) -> requests.Response:
        return self.request(method, self.base + path, timeout=20, **rest)

    def read(self, path: str, **rest: Any) -> Json:
        answer = self.call("GET", path, **rest)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def write(self, method: str, path: str, **rest: Any) -> Json:
        answer = self.call(method, path, **rest)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()


@dataclass
class Receiver:
    """A web hook's target. `statuses` are given out one after the other, then 200; `arrived` holds (headers, body)."""

    statuses: list[int] = field(default_factory=list)
    arrived: list[tuple[Mapping[str, str], Json]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> "Receiver":
        self._server = HttpServer(self._take, "127.0.0.1", 0, "receiver")
        self._server.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}/in/streak?connection=7"

    def _take(self, request: Request, _line: Line) -> Reply:
        with self._lock:
            self.arrived.append((request.headers, request.json()))
            return Reply({}, self.statuses.pop(0) if self.statuses else 200)

    def stages(self) -> list[str]:
        """The stage keys in the order in which they arrived."""
        return [str(body[0]["stageKey"]) for _headers, body in list(self.arrived)]


@dataclass
class Bench:
    """A running sandbox with signed-in clients."""

    host: SandboxHost

    def __post_init__(self) -> None:
        self.control = Api(self.host.control_url)
        self.streak = Api(self.host.streak_url)
        self.streak.headers["Authorization"] = f"Bearer {API_KEY}"
        self.sage = Api(self.host.sage_url)
        self.sign_in()

    def sign_in(self) -> Json:
        tokens = self.control.write("POST", "/api/sage50/sign-in", json={})
        self.sage.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return tokens

    def close(self) -> None:
        for api in (self.control, self.streak, self.sage):
            api.close()
        self.host.stop()

    @property
    def pipeline(self) -> Json:
        return self.streak.read("/v1/pipelines")[0]

    @property
    def team(self) -> str:
        return str(self.streak.read("/v2/users/me/teams")["results"][0]["key"])

    def box(self, name: str = "Acme - 40 chairs") -> Json:
        boxes = self.streak.read(f"/v1/pipelines/{self.pipeline['key']}/boxes")
        return next(box for box in boxes if box["name"] == name)

    def field_key(self, name: str) -> str:
        return next(str(one["key"]) for one in self.pipeline["fields"] if one["name"] == name)

    def listen(self, receiver: Receiver, event: str = "BOX_CHANGE_STAGE", token: str = "s3cret") -> Json:  # noqa: S107
        body = {"event": event, "targetUrl": receiver.url, "token": token}
        return self.streak.write("POST", f"/v2/webhooks?pipelineKey={self.pipeline['key']}", json=body)

    def move(self, box: Json, stage: str) -> Json:
        return self.streak.write("POST", f"/v1/boxes/{box['key']}", json={"stageKey": stage})

    def fault(self, system: str, kind: str, mode: str = "next", **options: Any) -> None:
        body = {"system": system, "kind": kind, "mode": mode, **options}
        self.control.write("POST", "/api/faults", json=body)

    def hits(self, system: str, kind: str) -> int:
        faults = self.control.read("/api/faults")[system]
        return next(int(fault["hits"]) for fault in faults if fault["id"] == kind)

    def advance(self, seconds: int) -> None:
        self.control.write("POST", "/api/clock", json={"advance_seconds": seconds})

    def records(self, system: str, kind: str) -> list[Json]:
        found: list[Json] = self.control.read(f"/api/{system}/records?kind={kind}")["items"]
        return found

    def account_ids(self) -> dict[int, str]:
        """Ledger account ids by nominal code."""
        found = self.sage.read("/ledger_accounts?attributes=all&items_per_page=200")["$items"]
        return {one["nominal_code"]: one["id"] for one in found}

    def customer(self, reference: str = "NORTH01") -> str:
        return str(self.sage.read(f"/contacts?search={reference}")["$items"][0]["id"])

    def invoice(self, **changes: Any) -> Json:
        """A good invoice body, wrapped, with some of its fields changed; None removes one."""
        line = {
            "description": "Stacking chair, ash",
            "ledger_account_id": self.account_ids()[4000],
            "quantity": "40",
            "unit_price": "33.50",
            "tax_rate_id": "GB_STANDARD",
            "tax_amount": "268.00",
        }
        body = {
            "contact_id": self.customer(),
            "date": "2026-11-21",
            "reference": "A-1",
            "invoice_lines": [line],
        }
        line_changes = changes.pop("line", {})
        merged = body | changes
        if line_changes:
            merged["invoice_lines"] = [line | line_changes]
        for one in (merged, *(one for one in merged.get("invoice_lines") or [] if isinstance(one, dict))):
            for name in [name for name, value in one.items() if value is None]:
                del one[name]
        return {"sales_invoice": merged}
