"""A far system with rotating tokens on a real socket: one refresh kills the old refresh token, and reuse is refused."""

import base64
import hashlib
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

__all__ = ["TokenServer"]


class TokenServer:
    """`faults` are used up one per refresh: "lost" (rotated, then silence), "unrotated" (silence before anything), "busy"
    (503 with nothing done is what a read would be; a refresh can't know). `seen` counts what was asked."""

    def __init__(self) -> None:
        self.expires_in: int | None = 300
        self.faults: list[str] = []
        self.seen: Counter[str] = Counter()
        self.slow = 0.0
        self.account = {"id": "acme", "name": "Acme Ltd"}
        self.generation = 1
        self.alive = {self.access}
        self.codes: dict[str, str] = {}
        self.client_in = "body"
        self.password = "open-sesame"  # noqa: S105 - of a made-up user
        self.asked: list[dict[str, str]] = []
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                owner.token(self, {name: values[0] for name, values in parse_qs(form).items()})

            def do_GET(self) -> None:
                owner.me(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def access(self) -> str:
        return f"access-{self.generation}-secret"

    @property
    def refresh(self) -> str:
        return f"refresh-{self.generation}-secret"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def expire(self) -> None:
        """Kill every access token without telling anybody."""
        self.alive.clear()

    def token(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        kind = form["grant_type"]
        self.seen[kind] += 1
        time.sleep(self.slow)
        fault = self.faults.pop(0) if self.faults and kind != "authorization_code" else ""
        with self._lock:
            good = self._good(kind, form, handler.headers.get("Authorization", ""))
            if good and fault != "unrotated":
                self.generation += 1
                self.alive.add(self.access)
        if fault:
            handler.close_connection = True
            return
        if not good:
            wrong_client = kind == "client_credentials"
            answer(handler, 400, {"error": "invalid_client" if wrong_client else "invalid_grant"})
            return
        body = {"access_token": self.access, "token_type": "bearer"}
        if kind != "client_credentials":
            body["refresh_token"] = self.refresh
        answer(handler, 200, body | ({"expires_in": self.expires_in} if self.expires_in else {}))

    def me(self, handler: BaseHTTPRequestHandler) -> None:
        self.seen["me"] += 1
        sent = handler.headers.get("Authorization", "").removeprefix("Bearer ")
        if sent in self.alive or handler.headers.get("X-API-Key") == "the-key":
            answer(handler, 200, self.account)
        else:
            answer(handler, 401, {"error": "unauthorized"})

    def _good(self, kind: str, form: dict[str, str], header: str) -> bool:
        if kind == "refresh_token":
            return form.get("refresh_token") == self.refresh
        if kind == "authorization_code":
            return self._code(form)
        basic = base64.b64encode(b"our-client-id:our-secret").decode()
        in_body = (form.get("client_id"), form.get("client_secret")) == ("our-client-id", "our-secret")
        if not (header == f"Basic {basic}" if self.client_in == "header" else in_body):
            return False
        self.asked.append(form)
        return kind == "client_credentials" or (form["username"], form["password"]) == ("ana", self.password)

    def _code(self, form: dict[str, str]) -> bool:
        """A code works once, and only with the verifier its challenge was made from."""
        challenge = self.codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "").encode()
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).decode().rstrip("=")
        return challenge is not None and challenge == made


def answer(handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
    text = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)
