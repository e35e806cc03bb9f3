"""What Interlock consists of as processes: where each listens, how it is started, and when it does its work."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from integrations.supervisor.child import Child
from integrations.supervisor.ports import ReadyPage, answers

__all__ = [
    "LOADS",
    "LOADS_FIRST",
    "ONE_OF_EACH",
    "ROOT",
    "Addresses",
    "Crew",
    "environment",
    "manage",
    "processes",
    "sandbox_process",
]

ROOT = Path(__file__).resolve().parent.parent.parent
LOADS_FIRST = ("integrations.wsgi", "django.core.management.commands.migrate")
"""What bringing the databases up to date needs."""
LOADS = (
    "integrations.urls",
    "integrations.asgi",
    "integrations.tasks.drain",
    "integrations.tasks.dispatcher",
    "integrations.management.commands.worker",
    "integrations.management.commands.dispatcher",
    "django_q.cluster",
    "uvicorn.main",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "uvicorn.lifespan.on",
    "granian.cli",
    "granian.server",
)
"""What the processes below import, so that one warm process can do it for them all."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the group listens. `public_url` is what browsers and far systems use: a proxy's, or the web process's own.

    `sandbox` is the port of the sandbox's page, `systems` those of the simulated systems by their option's name;
    0 and nothing mean that there is no sandbox.
    """

    host: str
    web: int
    live: int
    sandbox: int = 0
    systems: Mapping[str, int] = field(default_factory=dict)
    public_url: str = ""

    def ports(self) -> list[int]:
        return [self.web, self.live, *([self.sandbox] if self.sandbox else []), *self.systems.values()]

    @property
    def origin(self) -> str:
        return self.public_url or f"http://{self.host}:{self.web}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox}" if self.sandbox else ""


@dataclass(frozen=True, slots=True)
class Crew:
    """How many of those processes of which there may be several. More than one worker needs INTERLOCK_QUEUE=celery."""

    workers: int = 1
    dispatchers: int = 1
    worker_env: Mapping[str, str] = field(default_factory=dict)


ONE_OF_EACH = Crew()


def environment(data: Path, addresses: Addresses, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process of the group. Behind a proxy (`public_url`) sockets share the public origin."""
    own = {
        "INTERLOCK_DATA": str(data),
        "INTERLOCK_PUBLIC_URL": addresses.origin,
        "INTERLOCK_LIVE_URL": "" if addresses.public_url else f"http://{addresses.host}:{addresses.live}",
        "INTERLOCK_SANDBOX_URL": addresses.sandbox_url,
        "DJANGO_SETTINGS_MODULE": "integrations.settings",
        "PYTHONUNBUFFERED": "1",
    }
    return {**inherited, **own}


def manage(*arguments: str) -> list[str]:
    """`manage.py <arguments>` with the Python that runs this."""
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def processes(addresses: Addresses, env: Mapping[str, str], crew: Crew = ONE_OF_EACH) -> list[Child]:
    """The product itself: the public door, the live door, its workers and dispatchers (“worker”, “worker 2”, …)."""
    host = addresses.host
    web = ["-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws"]
    live = ["-m", "uvicorn", "integrations.asgi:application", "--no-access-log", "--log-level", "warning"]
    ready = ReadyPage(host, addresses.web)
    work = {**env, **crew.worker_env}
    children = [
        Child(
            "web",
            _python(
                *web, "--log-level", "warning", *_at(host, addresses.web), "integrations.wsgi:application"
            ),
            env,
            _answering(host, addresses.web),
        ),
        Child("live", _python(*live, *_at(host, addresses.live)), env, _answering(host, addresses.live)),
        *(Child(name, manage("worker"), work, ready.says_yes) for name in _numbered("worker", crew.workers)),
        *(Child(name, manage("dispatcher"), env) for name in _numbered("dispatcher", crew.dispatchers)),
    ]
    return [replace(child, warm=True) for child in children]


def _numbered(name: str, count: int) -> list[str]:
    return [name if number == 1 else f"{name} {number}" for number in range(1, count + 1)]


def sandbox_process(addresses: Addresses, env: Mapping[str, str], state: Path) -> Child:
    """The simulators of the far systems, with their own state file. They outlive the rest, so that nobody hangs on them."""
    ports = [word for name, port in addresses.systems.items() for word in (f"--{name}-port", str(port))]
    command = _python(
        "-m", "connectors.sdk.sandbox", "--state", str(state), "--port", str(addresses.sandbox), *ports
    )
    return Child(
        "sandbox", command, env, _answering("127.0.0.1", addresses.sandbox), stops_last=True, announces=True
    )


def _python(*arguments: str) -> Sequence[str]:
    return [sys.executable, *arguments]


def _at(host: str, port: int) -> Sequence[str]:
    return ["--host", host, "--port", str(port)]


def _answering(host: str, port: int) -> Callable[[], bool]:
    return lambda: answers(host, port)
