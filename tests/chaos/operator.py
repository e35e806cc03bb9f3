"""The person at the desk: sees what waits, decides it through the REST interface, and looks again when a server is down."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs

import requests

from integrations.demo.people import ADMIN
from tests.chaos.installation import Installation

__all__ = ["Operator", "Pending", "Waiting"]

Found = TypeVar("Found")
LIMIT = 20  # seconds for one call
PATIENCE = 60.0  # seconds a server may be away
REASON = "The deal has changed; the first invoice is credited by hand."
PENDING = """SELECT COUNT(*), MIN(queued_at) FROM integrations_run WHERE state IN ('queued', 'running')
    OR (state = 'parked' AND reason NOT IN ('person', 'reconnect'))"""
OVER = "SELECT COUNT(*) FROM integrations_run WHERE state IN ('succeeded', 'failed', 'cancelled')"
WAITING = """SELECT r.id, r.title, r.reason, COALESCE(f.code, ''), COALESCE(f.sentence, '') FROM integrations_run r
    LEFT JOIN integrations_failure f ON f.id = r.failure_id
    WHERE r.state = 'parked' AND r.reason IN ('person', 'reconnect') ORDER BY r.id"""


UNFINISHED = "SELECT COUNT(*) FROM integrations_run WHERE id IN ({}) AND ended_at IS NULL"
SWEEPS = "SELECT COALESCE(SUM(sweep), 0) FROM integrations_pollstate"
LOST = "SELECT id FROM integrations_connection WHERE status = 'reconnect'"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that waits for a person, and what for."""

    run: int
    deal: int
    reason: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Pending:
    """Runs that go on by themselves: how many, and the age of the oldest in seconds. `over`: runs that have ended."""

    count: int
    oldest_s: float
    over: int


class Operator:
    """Signed in as the administrator once the web process answers."""

    def __init__(self, installation: Installation) -> None:
        self._at = installation
        self._session: requests.Session | None = None

    def pending(self) -> Pending:
        ((count, oldest),) = self._at.ask(PENDING)
        return Pending(int(count), _age(oldest), int(self._at.ask(OVER)[0][0]))

    def unfinished(self, runs: Sequence[int]) -> int:
        """How many of these runs are not over."""
        numbers = ", ".join(str(run) for run in [0, *runs])
        return int(self._at.ask(UNFINISHED.format(numbers))[0][0])

    def sweeps(self) -> int:
        """How many times the second flow has looked at all won deals."""
        return int(self._at.ask(SWEEPS)[0][0])

    def waiting(self) -> list[Waiting]:
        rows = self._at.ask(WAITING)
        return [Waiting(int(run), _number(title), *why) for run, title, *why in rows]

    def keep(self, run: int) -> None:
        """What was made first is right."""
        self._post(f"runs/{run}/decide/", decision="keep_first", reason="")

    def make_again(self, run: int) -> None:
        self._post(f"runs/{run}/decide/", decision="make_again", reason=REASON)

    def retry(self, run: int) -> None:
        self._post(f"runs/{run}/retry/", mode="step")

    def reconnect(self) -> int:
        """Sign in anew where an account was lost: a process died after the far side had changed its refresh token and before
        the new one was kept. Returns how many accounts that were."""
        lost = [int(row[0]) for row in self._at.ask(LOST)]
        for connection in lost:
            self._patiently(lambda number=connection: self._press_allow(number))  # type: ignore[misc]  # bound at once
        return len(lost)

    def _press_allow(self, connection: int) -> None:
        """To the provider's page, Allow, and back to us, as a browser goes."""
        session, origin = self._signed_in(), self._at.addresses.origin
        answer = session.get(f"{origin}/api/v1/connections/{connection}/authorize/", timeout=LIMIT)
        answer.raise_for_status()
        page, _, query = answer.json()["url"].partition("?")
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        allowed = requests.post(
            page, data=asked | {"decision": "allow"}, timeout=LIMIT, allow_redirects=False
        )
        session.get(allowed.headers["Location"], timeout=LIMIT).raise_for_status()

    def _post(self, path: str, /, **body: Any) -> None:
        def once() -> bool:
            answer = self._signed_in().post(
                f"{self._at.addresses.origin}/api/v1/{path}", json=body, timeout=LIMIT
            )
            if answer.status_code == requests.codes.conflict:
                return True  # it went on meanwhile, or the answer to our last try was lost
            answer.raise_for_status()
            return True

        self._patiently(once)

    def _signed_in(self) -> requests.Session:
        if self._session is None:
            session = requests.Session()
            session.trust_env = False
            origin = self._at.addresses.origin
            session.headers["Referer"] = origin
            session.get(f"{origin}/api/v1/session/", timeout=LIMIT).raise_for_status()
            session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
            password = self._at.passwords[f"INTERLOCK_PASSWORD_{ADMIN.username.upper()}"]
            body = {"username": ADMIN.username, "password": password}
            session.post(f"{origin}/api/v1/session/", json=body, timeout=LIMIT).raise_for_status()
            session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
            self._session = session
        return self._session

    def _patiently(self, act: Callable[[], Found]) -> Found:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except requests.RequestException:
                if time.monotonic() > deadline:
                    raise
                self._session = None
                self._at.tick(0.5)


def _age(moment: object) -> float:
    """Seconds since `moment`: a datetime, or UTC as text from SQLite; 0 for none."""
    if not moment:
        return 0.0
    found = datetime.fromisoformat(str(moment))
    return (datetime.now(UTC) - (found if found.tzinfo else found.replace(tzinfo=UTC))).total_seconds()


def _number(title: str) -> int:
    """“Deal 00017 - Goods 3 Trading Ltd” → 17; -1 for a run that is none of the story's."""
    words = title.split()
    return int(words[1]) if len(words) > 1 and words[0] == "Deal" and words[1].isdigit() else -1
