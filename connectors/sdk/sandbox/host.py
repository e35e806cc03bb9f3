"""Runs the sandbox: one state file, one port for the page and the control API, one port for each simulated system."""

from collections.abc import Mapping
from pathlib import Path

from connectors.sdk.sandbox.clock import Clock
from connectors.sdk.sandbox.control import Control
from connectors.sdk.sandbox.faults import Faults
from connectors.sdk.sandbox.server import HttpServer
from connectors.sdk.sandbox.service import Service
from connectors.sdk.sandbox.simulator import Simulator, World, discover
from connectors.sdk.sandbox.store import Store
from connectors.sdk.sandbox.traffic import Traffic
from connectors.sdk.wire import Json

__all__ = ["SandboxHost"]

HOST = "127.0.0.1"


class SandboxHost:
    """The sandbox in this process. `ports` = {"control" | system id: port}, 0 or absent = a free port.

    `settings` = {system id: {name: value}}; Streak knows `retry_scale` (a factor on the waits between webhook
    deliveries, default 1). Raises `StateInUseError` for a busy state file, `OSError` for a busy port.
    """

    def __init__(
        self,
        state_path: Path | str,
        ports: Mapping[str, int] | None = None,
        company: str = "wholesale",
        settings: Mapping[str, Mapping[str, Json]] | None = None,
    ) -> None:
        self.company = company
        self.simulators: Mapping[str, Simulator] = {simulator.id: simulator for simulator in discover()}
        self.store = Store(state_path)
        self._ports = dict(ports or {})
        own = self.store.system("sandbox")
        self.clock = Clock(own)
        self.traffic = Traffic()
        self.worlds: dict[str, World] = {}
        for simulator in self.simulators.values():
            self.worlds[simulator.id] = World(
                records=self.store.system(simulator.id, simulator.indexes),
                clock=self.clock,
                faults=Faults(simulator.faults, own, simulator.id),
                traffic=self.traffic,
                settings=(settings or {}).get(simulator.id, {}),
            )
        self._servers: dict[str, HttpServer] = {}

    @property
    def control_url(self) -> str:
        return f"http://{HOST}:{self._servers['control'].port}"

    @property
    def streak_url(self) -> str:
        """The base of Streak's API, ending in /api."""
        return self.api_url("streak")

    @property
    def sage_url(self) -> str:
        """The base of Sage's API, ending in /v3.1."""
        return self.api_url("sage50")

    def api_url(self, system: str) -> str:
        return self.worlds[system].origin + self.simulators[system].api_path

    def urls(self) -> dict[str, Json]:
        """Where everything is, and how to sign in: what the command prints when it is ready."""
        systems = {
            simulator.id: {
                "origin": self.worlds[simulator.id].origin,
                "api": self.api_url(simulator.id),
                "account": dict(simulator.account(self.worlds[simulator.id])),
                "access": dict(simulator.access(self.worlds[simulator.id])),
            }
            for simulator in self.simulators.values()
        }
        return {"control": self.control_url, "systems": systems}

    def start(self) -> "SandboxHost":
        """Open the ports, fill an empty state with the company, start delivering webhooks."""
        try:
            for simulator in self.simulators.values():
                self._serve(simulator)
            control = Control(self)
            self._servers["control"] = HttpServer(control, HOST, self._ports.get("control", 0), "control")
        except OSError:
            self.stop()
            raise
        with self.store.writing():
            for simulator in self.simulators.values():
                if not self.worlds[simulator.id].records.count("account"):
                    simulator.seed(self.worlds[simulator.id], self.company)
        for world in self.worlds.values():
            if world.background:
                world.background.start()
        for server in self._servers.values():
            server.start()
        return self

    def stop(self) -> None:
        """Close every port and the state file."""
        for server in self._servers.values():
            server.stop()
        for world in self.worlds.values():
            if world.background:
                world.background.stop()
        self.store.close()

    def reset(self) -> None:
        """Back to the start: the company as it was, under new account ids; credentials stay good."""
        with self.store.writing():
            for simulator in self.simulators.values():
                simulator.seed(self.worlds[simulator.id], self.company)
        for world in self.worlds.values():
            world.faults.clear()
            world.faults.forget_hits()

    def __enter__(self) -> "SandboxHost":
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _serve(self, simulator: Simulator) -> None:
        world = self.worlds[simulator.id]
        server = HttpServer(Service(simulator, world), HOST, self._ports.get(simulator.id, 0), simulator.id)
        self._servers[simulator.id] = server
        world.origin = f"http://{HOST}:{server.port}"
        if simulator.background:
            world.background = simulator.background(world)
