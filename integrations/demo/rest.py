"""Interlock's own REST interface as a client sees it: signs in like a browser and asks."""

from collections.abc import Mapping
from typing import Any

import requests

__all__ = ["RestClient"]

TIMEOUT = 20  # seconds


class RestClient:
    """A signed-in session. Raises `requests.RequestException` when the server refuses or doesn't answer."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Referer"] = origin

    def sign_in(self, username: str, password: str) -> None:
        """Take the CSRF cookie, then exchange name and password for a session."""
        self.get("session/")
        token = self._session.cookies.get("csrftoken") or ""
        self._session.headers["X-CSRFToken"] = token
        answer = self._session.post(
            f"{self._origin}/api/v1/session/",
            json={"username": username, "password": password},
            timeout=TIMEOUT,
        )
        answer.raise_for_status()

    def get(self, path: str, **query: str) -> Any:
        """The parsed answer of `GET /api/v1/<path>`."""
        answer = self._session.get(f"{self._origin}/api/v1/{path}", params=query, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The parsed answer of `POST /api/v1/<path>`."""
        answer = self._session.post(
            f"{self._origin}/api/v1/{path}",
            json=dict(body),
            headers={"X-CSRFToken": self._session.cookies.get("csrftoken") or ""},
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        return answer.json()

    def runs(self, flow: str) -> list[dict[str, Any]]:
        """The newest runs of a flow, the newest first."""
        found: list[dict[str, Any]] = self.get("runs/", flow=flow)["results"]
        return found

    def run(self, number: int) -> dict[str, Any]:
        """One run with its steps."""
        found: dict[str, Any] = self.get(f"runs/{number}/")
        return found

    def event(self, number: int) -> dict[str, Any]:
        """One event with how often it was repeated."""
        found: dict[str, Any] = self.get(f"events/{number}/")
        return found
