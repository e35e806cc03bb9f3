"""The sandbox as a real server, and calls on it as the runtime makes them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from connectors.sdk import registry
from connectors.sdk.account import Account, Secrets
from connectors.sdk.operation import Call, Mark, Read, Write
from connectors.sdk.sandbox.host import SandboxHost
from connectors.sdk.session import open_call
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Exchange, Json, Request
from integrations.effects.identity import mark_of

LIMIT = 20  # seconds for one control call


@dataclass
class Bench:
    """One running sandbox and the means to use both of its systems through our connectors."""

    host: SandboxHost
    exchanges: list[Exchange] = field(default_factory=list)

    def control(self, path: str, **body: Json) -> Json:
        return requests.post(f"{self.host.control_url}{path}", json=body, timeout=LIMIT).json()

    def call(self, system: str) -> Call:
        found = self.host.urls()["systems"][system]
        secrets = (
            {"api_key": found["access"]["api_key"]}
            if system == "streak"
            else {"access_token": self.control("/api/sage50/sign-in")["access_token"]}
        )
        auth = "api_key" if system == "streak" else "oauth2_code"
        account = Account(f"bench-{system}", found["api"], auth, Secrets(secrets), reach="sandbox")
        return open_call(registry.connector(system), account, self.exchanges.append)

    def read(self, operation_id: str, data: Json) -> Json:
        operation = registry.operation(operation_id)
        assert isinstance(operation, Read)
        validator_for(operation.input).check(data)
        output = operation.run(self.call(operation_id.partition(".")[0]), data)
        validator_for(operation.output).check(output)
        return output

    def prepare(self, operation_id: str, data: Json, identity: str) -> tuple[Write, Call, Request, Mark]:
        operation = registry.operation(operation_id)
        assert isinstance(operation, Write)
        validator_for(operation.input).check(data)
        call = self.call(operation_id.partition(".")[0])
        mark = mark_of("bench", operation.record, identity, 1)
        return operation, call, operation.prepare(call, data, mark), mark

    def write(self, operation_id: str, data: Json, identity: str = "one") -> Json:
        operation, call, request, _ = self.prepare(operation_id, data, identity)
        output = operation.result(data, call.send(request))
        validator_for(operation.output).check(output)
        return output


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with SandboxHost(tmp_path / "sandbox.sqlite3") as host:
        yield Bench(host)
