"""One demo per backend with all its processes, shared by the journeys; each journey has a customer of its own.

`@pytest.mark.backends("embedded", …)` says on which ones a journey is made; without it, on every one there is.
"""

import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
import requests

from integrations.demo.people import ADMIN
from integrations.demo.stage import Stage, staged
from integrations.supervisor.console import Console
from integrations.supervisor.product import Crew
from tests.servers import not_here, postgres, rabbitmq, rabbitmq_here, redis

Found = TypeVar("Found")
LIMIT = 20  # seconds for one call
PATIENCE = 120.0  # seconds for anything to come true
OVER = {"succeeded", "failed", "cancelled"}
FLOW = "closed-won-to-invoice"
LINE = {
    "sku": "TBL-CAF-60",
    "description": "Café table",
    "category": "Furniture",
    "quantity": "15",
    "unit_price": "30.095",
    "tax": "standard",
}


@dataclass
class Installation:
    """Interlock and the sandbox as people use them: REST, Streak's API, Sage's API."""

    stage: Stage
    database: Path | None = None
    api: requests.Session = field(default_factory=requests.Session)
    systems: dict[str, Any] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def sign_in(self) -> None:
        self.api.trust_env = False
        self.api.headers["Referer"] = self.stage.addresses.origin
        self.rest("GET", "session/")
        self.api.headers["X-CSRFToken"] = self.api.cookies["csrftoken"]
        self.rest("POST", "session/", username=ADMIN.username, password=self.stage.passwords[ADMIN.username])
        self.api.headers["X-CSRFToken"] = self.api.cookies["csrftoken"]
        self.systems = requests.get(f"{self.sandbox}/api/urls", timeout=LIMIT).json()["systems"]

    def manage(self, *command: str) -> str:
        """What a management command says, run as an operator would on this installation."""
        arguments = [sys.executable, "manage.py", *command]
        done = subprocess.run(
            arguments, env=dict(self.stage.env), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def database_files(self) -> Iterator[Path]:
        """Every file in which Interlock's databases keep anything; the sandbox's own is another company's."""
        data = self.stage.folder / "data"
        yield from (path for path in data.glob("*.sqlite3*") if not path.name.startswith("sandbox"))
        if self.database is not None:
            for part in ("base", "pg_wal"):
                yield from (path for path in (self.database / part).rglob("*") if path.is_file())

    @property
    def sandbox(self) -> str:
        return self.stage.addresses.sandbox_url

    def rest(self, method: str, path: str, **body: Any) -> Any:
        """One call to Interlock's REST interface; a GET's keywords are its query."""
        how: dict[str, Any] = {"params": body} if method == "GET" else {"json": body}
        answer = self.api.request(
            method, f"{self.stage.addresses.origin}/api/v1/{path}", timeout=LIMIT, **how
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def streak(self, method: str, path: str, body: Any = None) -> Any:
        access = self.systems["streak"]
        answer = requests.request(
            method, f"{access['api']}{path}", json=body, auth=(access["access"]["api_key"], ""), timeout=LIMIT
        )
        answer.raise_for_status()
        return answer.json()

    def sage(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every item of one of Sage's lists."""
        token = requests.post(f"{self.sandbox}/api/sage50/sign-in", json={}, timeout=LIMIT).json()[
            "access_token"
        ]
        answer = requests.get(
            f"{self.systems['sage50']['api']}/{path}",
            params={"attributes": "all", "items_per_page": 200, **query},
            headers={"Authorization": f"Bearer {token}"},
            timeout=LIMIT,
        )
        answer.raise_for_status()
        items: list[dict[str, Any]] = answer.json()["$items"]
        return items

    def new_company(self) -> dict[str, Any]:
        number = next(self.numbers)
        return {
            "organization": f"Journey Goods {number} Ltd",
            "domain": f"journey{number}.example",
            "given_name": "Jo",
            "family_name": f"Walker{number}",
            "email": f"jo@journey{number}.example",
        }

    def add_deal(self, company: dict[str, Any], *lines: dict[str, Any]) -> str:
        body = {
            "name": f"{company['organization']} - {len(lines) or 1} lines",
            "stage": "Negotiation",
            "customer": company,
            "currency": "GBP",
            "tax": "Standard",
            "lines": list(lines or [LINE]),
        }
        answer = requests.post(f"{self.sandbox}/api/deals", json=body, timeout=LIMIT)
        answer.raise_for_status()
        return str(answer.json()["key"])

    def move(self, box: str, stage: str) -> None:
        """Move a box to a stage through Streak's API."""
        stages = self.streak("GET", f"/v1/pipelines/{self.streak('GET', f'/v1/boxes/{box}')['pipelineKey']}")[
            "stages"
        ]
        key = next(one["key"] for one in stages.values() if one["name"] == stage)
        self.streak("POST", f"/v1/boxes/{box}", {"stageKey": key})

    def set_lines(self, box: str, text: str) -> None:
        found = self.streak("GET", f"/v1/boxes/{box}")
        fields = self.streak("GET", f"/v1/pipelines/{found['pipelineKey']}/fields")
        key = next(one["key"] for one in fields if one["name"] == "Line items")
        self.streak("POST", f"/v1/boxes/{box}/fields/{key}", {"value": text})

    def runs(self, box: str, flow: str = FLOW) -> list[dict[str, Any]]:
        """The runs of one box, the oldest first."""
        events = self.rest("GET", "events/", flow=flow, limit=100)["results"]
        mine = {event["id"] for event in events if str(event["key"]).startswith(box)}
        found = self.rest("GET", "runs/", flow=flow, limit=100)["results"]
        return sorted((run for run in found if run["event"] in mine), key=lambda run: int(run["id"]))

    def customers(self, company: dict[str, Any]) -> list[dict[str, Any]]:
        return [one for one in self.sage("contacts") if one["name"] == company["organization"]]

    def invoices(self, company: dict[str, Any]) -> list[dict[str, Any]]:
        ids = {one["id"] for one in self.customers(company)}
        return [one for one in self.sage("sales_invoices") if one["contact"]["id"] in ids]

    def until(self, look: Callable[[], Found | None]) -> Found:
        """Look until there is something, while the processes are looked after."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.stage.group.tick(0.1)
            if found := look():
                return found
        pytest.fail("It did not come true in time.")

    def until_settled(self, box: str, count: int = 1, flow: str = FLOW) -> list[dict[str, Any]]:
        """Wait until the box has `count` runs, each over or waiting for a person."""

        def settled() -> list[dict[str, Any]] | None:
            runs = self.runs(box, flow)
            done = [run for run in runs if run["state"] in OVER or run["reason"] in {"person", "reconnect"}]
            return runs if len(done) == len(runs) >= count else None

        return self.until(settled)


Backend = Callable[[ExitStack], dict[str, str]]


def embedded(_servers: ExitStack) -> dict[str, str]:
    """django-q2 and SQLite: what nothing needs to be installed for."""
    return {}


def over_redis(servers: ExitStack) -> dict[str, str]:
    database, broker = servers.enter_context(postgres()), servers.enter_context(redis())
    return distributed(database.url, broker.url)


def over_rabbitmq(servers: ExitStack) -> dict[str, str]:
    if not rabbitmq_here():
        not_here("rabbitmq-server")
    database, broker = servers.enter_context(postgres()), servers.enter_context(rabbitmq())
    return distributed(database.url, broker.url)


def distributed(database: str, broker: str) -> dict[str, str]:
    return {
        "INTERLOCK_QUEUE": "celery",
        "INTERLOCK_DATABASE_URL": database,
        "INTERLOCK_BROKER_URL": broker,
    }


BACKENDS: dict[str, tuple[Backend, Crew]] = {
    "embedded": (embedded, Crew()),
    "redis": (over_redis, Crew(workers=2, dispatchers=2)),
    "rabbitmq": (over_rabbitmq, Crew(workers=2, dispatchers=2)),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "installation" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("backends")
        names = mark.args if mark else tuple(BACKENDS)
        metafunc.parametrize("installation", names, indirect=True, scope="package")


@pytest.fixture(scope="package")
def installation(request: pytest.FixtureRequest) -> Iterator[Installation]:
    begin, crew = BACKENDS[request.param]
    with ExitStack() as servers:
        env = begin(servers)
        stage = servers.enter_context(staged(Console(), env=env, crew=crew))
        folder = urlsplit(env.get("INTERLOCK_DATABASE_URL", "")).query.removeprefix("host=")
        made = Installation(stage, Path(folder) / "data" if folder else None)
        made.sign_in()
        yield made
