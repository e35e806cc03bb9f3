"""A small real HTTP server that speaks the agent's protocol; it can be taken off its port and put back."""

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token"  # noqa: S105 - of this test server only


class AgentServer:
    """`jobs` are what is handed out; `told` is every complete and fail in order; `chunks` by job and seq."""

    def __init__(self) -> None:
        self.jobs: deque[dict[str, Any]] = deque()
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        self.chunks: dict[tuple[str, int], list[Any]] = {}
        self.claimed = threading.Event()
        self.status = 200
        self.heartbeats: list[dict[str, Any]] = []
        self.nonces: list[str] = []
        self.port = 0
        self._http: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"] or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                server.nonces.append(self.headers["X-Agent-Nonce"])
                known = self.headers["Authorization"] == f"Bearer {TOKEN}" or self.path.endswith("/enrol")
                status = server.status if known else 401
                answer = json.dumps(server.answer(self.path, body) if status == 200 else {}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the tests look at what was told."""

        self._http = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """From now on connections are refused."""
        if self._http:
            self._http.shutdown()
            self._http.server_close()

    def answer(self, route: str, body: dict[str, Any]) -> dict[str, Any]:
        name = route.removeprefix("/agent/v1/")
        if name == "enrol":
            return {"agent_id": "a1", "agent_token": TOKEN, "poll_url": "", "min_version": ""}
        if name == "heartbeat":
            self.heartbeats.append(body)
            return {"commands": [], "min_version": ""}
        if name == "jobs/claim":
            given = [self.jobs.popleft() for _ in range(min(body["max"], len(self.jobs)))]
            if given:
                self.claimed.set()
            return {"jobs": given}
        _, job_id, action = name.split("/")
        if action == "extend":
            return {"lease_s": 60}
        if action == "chunk":
            self.chunks[job_id, body["seq"]] = body["rows"]
        else:
            self.told.append((job_id, action, body))
        return {}
