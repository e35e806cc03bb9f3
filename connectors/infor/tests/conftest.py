"""A running sandbox, and calls on its Infor as the runtime makes them: signed in by the .ionapi file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connectors.sdk import registry
from connectors.sdk.account import Account, Secrets
from connectors.sdk.oauth import renew
from connectors.sdk.operation import Call, Mark, Read, Write
from connectors.sdk.sandbox.host import SandboxHost
from connectors.sdk.session import open_call
from connectors.sdk.testing import MARK
from connectors.sdk.trigger import Page, PollTrigger
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Exchange, Json, Request

M3 = {
    "erp": "m3",
    "company": "100",
    "customer_template": "TEMPLATE",
    "logical_id": "lid://infor.ims.interlock",
}
CSI = {"erp": "csi", "configuration": "ACME_DEM_MAIN"}


@dataclass
class Infor:
    """The sandbox and one account on it."""

    host: SandboxHost
    settings: dict[str, Json]
    exchanges: list[Exchange] = field(default_factory=list)
    _secrets: dict[str, str] = field(default_factory=dict)

    def account(self, **secrets: str) -> Account:
        found = self.host.urls()["systems"]["infor"]
        known = {"ionapi": found["access"]["ionapi"], **self._secrets, **secrets}
        return Account(
            f"infor-{id(self)}",
            found["api"],
            "ionapi",
            Secrets(known),
            self.settings,
            "sandbox",
            deadline=5.0,
        )

    def call(self) -> Call:
        if not self._secrets:
            self._secrets = dict(
                renew(registry.connector("infor"), self.account(), self.exchanges.append).secrets
            )
        return open_call(registry.connector("infor"), self.account(), self.exchanges.append)

    def read(self, operation: str, /, **data: Json) -> Json:
        found = registry.operation(f"infor.{operation}")
        assert isinstance(found, Read)
        validator_for(found.input).check(data)
        output = found.run(self.call(), data)
        validator_for(found.output).check(output)
        return output

    def prepared(self, name: str, data: Json, mark: Mark = MARK) -> tuple[Write, Request]:
        found = registry.operation(f"infor.{name}")
        assert isinstance(found, Write)
        validator_for(found.input).check(data)
        return found, Request.from_json(found.prepare(self.call(), data, mark).to_json())

    def write(self, operation: str, /, **data: Json) -> Json:
        found, request = self.prepared(operation, data)
        output = found.result(data, self.call().send(request))
        validator_for(found.output).check(output)
        return output

    def poll(self, name: str, since: Json = None) -> Page:
        found = registry.trigger(f"infor.{name}")
        assert isinstance(found, PollTrigger)
        page = found.poll(self.call(), {}, since, None)
        arrivals = list(page.arrivals)
        while page.cursor is not None:
            page = found.poll(self.call(), {}, since, page.cursor)
            arrivals += page.arrivals
        for arrival in arrivals:
            validator_for(found.output).check(arrival.data)
        return Page(arrivals, None, page.server_time)

    def fault(self, kind: str, mode: str = "next", **options: Json) -> None:
        self.host.worlds["infor"].faults.arm(kind, mode, options)  # type: ignore[arg-type]  # a test names the mode

    def records(self, kind: str) -> list[Json]:
        return list(self.host.worlds["infor"].records.all(kind))

    def change(self, customer: str, **fields: str) -> None:
        """Change an M3 customer behind our back."""
        world = self.host.worlds["infor"]
        with world.records.store.writing():
            now = world.records.get("customer", customer) or {}
            world.records.put("customer", customer, {**now, **fields})


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SandboxHost]:
    with SandboxHost(tmp_path / "sandbox.sqlite3") as running:
        yield running


@pytest.fixture
def m3(host: SandboxHost) -> Infor:
    return Infor(host, dict(M3))


@pytest.fixture
def csi(host: SandboxHost) -> Infor:
    return Infor(host, dict(CSI))
