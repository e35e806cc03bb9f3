"""The Streak sandbox as a real server, with a deal to work on, and the connector's operations as the runtime uses them."""

import itertools
from dataclasses import dataclass, field

import requests

from connectors.sdk.account import Account, Secrets
from connectors.sdk.operation import Mark, Match, Read, Write
from connectors.sdk.registry import connector, operation
from connectors.sdk.sandbox.host import SandboxHost
from connectors.sdk.session import LiveCall, forget_cached, open_call
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Request

__all__ = ["GONE", "Bench"]

LIMIT = 20
GONE = "agxzfm1haWxmb29nYWVyAAAAAAAAAAAAAA"
"""A key that could be one, of nothing."""


@dataclass
class Bench:
    """One running sandbox. `deal()` makes a box with a contact and an organization of its own."""

    host: SandboxHost
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def control(self, path: str, **body: Json) -> Json:
        return requests.post(f"{self.host.control_url}{path}", json=body, timeout=LIMIT).json()

    def fault(self, kind: str, mode: str = "next") -> None:
        self.control("/api/faults", system="streak", kind=kind, mode=mode)

    def deal(self) -> dict[str, str]:
        """{"box", "contact", "organization", "email", "domain"} of a new deal."""
        number = next(self.numbers)
        domain = f"quayside-{number}.example"
        person = {"email": f"ida@{domain}", "given_name": "Ida", "family_name": f"Quay {number}"}
        made = self.control(
            "/api/deals",
            name=f"Quayside {number}",
            stage="Negotiation",
            currency="GBP",
            lines=[],
            customer={"organization": f"Quayside {number} Ltd", "domain": domain, **person},
        )
        keys = {name: str(made[f"{name}_key"]) for name in ("contact", "organization")}
        return {"box": str(made["key"]), "email": person["email"], "domain": domain, **keys}

    def call(self) -> LiveCall:
        found = self.host.urls()["systems"]["streak"]
        secrets = Secrets({"api_key": found["access"]["api_key"]})
        account = Account("bench-streak", found["api"], "api_key", secrets, reach="sandbox")
        forget_cached(account.connection)
        return open_call(connector("streak"), account, lambda _exchange: None)

    def send(self, method: str, path: str, **rest: Json) -> Json:
        """A call of the API that no operation makes."""
        return self.call().send(Request(method, path, **rest)).json

    def read(self, name: str, data: Json) -> Json:
        found = operation(f"streak.{name}")
        assert isinstance(found, Read)
        validator_for(found.input).check(data)
        output = found.run(self.call(), data)
        validator_for(found.output).check(output)
        return output

    def prepare(self, name: str, data: Json) -> tuple[Write, Request, Mark]:
        found = write_of(name)
        validator_for(found.input).check(data)
        number = next(self.numbers)
        mark = Mark(f"8K2M4Q6S8U{number:06d}", f"{number:032x}")
        return found, Request.from_json(found.prepare(self.call(), data, mark).to_json()), mark

    def carry_out(self, name: str, data: Json, request: Request) -> Json:
        found = write_of(name)
        output = found.result(data, self.call().send(request))
        validator_for(found.output).check(output)
        return output

    def write(self, name: str, data: Json) -> Json:
        _, request, _ = self.prepare(name, data)
        return self.carry_out(name, data, request)

    def do(self, name: str, data: Json) -> Json:
        """Read or write, whichever the operation does."""
        reading = isinstance(operation(f"streak.{name}"), Read)
        return self.read(name, data) if reading else self.write(name, data)

    def found(self, name: str, request: Request, mark: Mark) -> list[Match]:
        look = write_of(name).find
        assert look is not None
        return list(look(self.call(), request, mark))


def write_of(name: str) -> Write:
    found = operation(f"streak.{name}")
    assert isinstance(found, Write)
    return found
