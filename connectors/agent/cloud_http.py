"""The server over HTTPS: outbound requests to `/agent/v1/…`, each with the token, a time and a number used once."""

import secrets
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from connectors.agent.cloud import NotAccepted, NotOurs, NotUnderstood, Unreachable
from connectors.agent.work import Job, Orders, job_of

_TIMEOUT = 15
_GONE = {404, 409, 410}
_LATER = {408, 425, 429}
_SERVER_ERROR = 500
_OK = 300
_REFUSED = {401, 403}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class HttpCloud:
    """Proxies and certificates come from the environment, as `requests` reads them."""

    def __init__(self, server: str, token: str = "") -> None:
        parts = urlsplit(server)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise NotAccepted("The server's address must begin with https://.")
        self._root = server.rstrip("/") + "/agent/v1"
        self._own = threading.local()
        self.token = token

    def enrol(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """`{agent_id, agent_token, poll_url, min_version}` for a code that is used once."""
        answer: dict[str, Any] = self._post("/enrol", body)
        if not answer.get("agent_token") or not answer.get("agent_id"):
            raise NotAccepted("The server's answer holds no token. Check the server's address.")
        return answer

    def heartbeat(self, body: Mapping[str, Any]) -> Orders:
        answer = self._post("/heartbeat", body)
        return Orders(tuple(answer.get("commands") or ()), str(answer.get("min_version") or ""))

    def rotate_token(self) -> str:
        self.token = str(self._post("/token/rotate", {})["agent_token"])
        return self.token

    def claim(self, capabilities: Sequence[str], most: int, wait_s: float) -> list[Job]:
        body = {"capabilities": list(capabilities), "max": most, "wait_s": wait_s}
        answer = self._post("/jobs/claim", body, wait_s)
        jobs = answer.get("jobs")
        known = [job for job in jobs if isinstance(job, dict)] if isinstance(jobs, list) else []
        return [job_of(job) for job in known if job.get("job_id")]

    def extend(self, job_id: str) -> float:
        return float(self._job(job_id, "extend", {})["lease_s"])

    def chunk(self, job_id: str, body: Mapping[str, Any]) -> None:
        self._job(job_id, "chunk", body)

    def complete(self, job_id: str, body: Mapping[str, Any]) -> None:
        self._job(job_id, "complete", body)

    def fail(self, job_id: str, failure: Mapping[str, Any]) -> None:
        self._job(job_id, "fail", failure)

    def _job(self, job_id: str, action: str, body: Mapping[str, Any]) -> Any:
        return self._post(f"/jobs/{quote(job_id, safe='')}/{action}", body)

    def _post(self, route: str, body: Mapping[str, Any], wait_s: float = 0) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers["X-Agent-Time"] = datetime.now(UTC).isoformat()
        headers["X-Agent-Nonce"] = secrets.token_urlsafe(16)
        try:
            answer = self._session().post(
                self._root + route,
                json=body,
                headers=headers,
                timeout=(_TIMEOUT, _TIMEOUT + wait_s),
                allow_redirects=False,
            )
            return self._read(answer, route)
        except requests.RequestException as error:
            raise Unreachable(f"The server cannot be reached ({type(error).__name__}).") from error

    def _session(self) -> requests.Session:
        """One for each thread: they are not made to be shared."""
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
        session: requests.Session = self._own.session
        return session

    def _read(self, answer: requests.Response, route: str) -> Any:
        status = answer.status_code
        if status >= _SERVER_ERROR or status in _LATER:
            raise Unreachable(f"The server answered {status}.")
        if status in _GONE and route.startswith("/jobs/"):
            raise NotOurs(route)
        if status in _REFUSED:
            raise NotAccepted(f"The server refused this agent ({status}). Enrol it again with a new code.")
        if status >= _OK:
            raise NotUnderstood(
                f"The server does not take what the agent said ({status}). Upgrade the agent."
            )
        body = answer.json() if answer.content else {}
        if not isinstance(body, dict):
            raise NotUnderstood("The server's answer cannot be read. Check the server's address.")
        return body
