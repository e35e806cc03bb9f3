"""The sandbox as the driver uses it: deals are won there, faults are armed there, and at the end its books are read.

Everything goes through the control port, which no fault ever strikes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import requests

from tests.chaos.story import Deal, Line
from tests.chaos.verdict import Books, BoxHeld, InvoiceHeld

__all__ = ["Far", "FaultArmed", "clear_the_board"]

LIMIT = 30  # seconds for one control call
ALL = "1000000"
INVOICE_FIELD = "Sage invoice"
TOKEN_LASTS = 300  # seconds
UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class FaultArmed:
    """A fault switch: strikes `share` of what it is meant for; `millis` as the sandbox understands them."""

    system: str
    kind: str
    share: float
    millis: int = 0
    path: str = ""

    @property
    def name(self) -> str:
        return f"{self.system} {self.kind}"


def clear_the_board(control_url: str) -> None:
    """Take away the deals the sandbox begins with: some are won, and a flow that looks would find them."""
    answer = requests.get(f"{control_url}/api/streak/records", params={"kind": "box"}, timeout=LIMIT)
    for box in answer.json()["items"]:
        where = f"{control_url}/api/deals/{box['key']}"
        requests.delete(where, json={}, timeout=LIMIT).raise_for_status()


class Far:
    """One running sandbox. Raises `requests.RequestException` when it doesn't answer."""

    def __init__(self, control_url: str) -> None:
        self._url = control_url
        self._session = requests.Session()
        self._session.trust_env = False
        self._old_invoices = {one["id"] for one in self._records("sage50", "sales_invoice")}
        self._field = self._invoice_field()
        self._seen = 0
        self._refused = 0

    # -- deals --------------------------------------------------------------------------------------------------------

    def add(self, deal: Deal) -> str:
        """Put the deal on the board, in negotiation; returns its box key."""
        given, _, family = deal.person[0].partition(" ")
        customer = {
            "organization": deal.customer.organization,
            "domain": deal.customer.domain,
            "address": deal.customer.address,
            "given_name": given,
            "family_name": family,
            "email": deal.person[1],
        }
        body = {
            "name": deal.name,
            "stage": "Negotiation",
            "customer": customer,
            "currency": deal.customer.currency,
            "tax": deal.tax,
            "lines": _lines(deal.lines),
        }
        return str(self._post("/api/deals", **body)["key"])

    def win(self, key: str) -> None:
        self._post(f"/api/deals/{key}/move", stage="Closed Won")

    def reopen(self, key: str) -> None:
        self._post(f"/api/deals/{key}/move", stage="Negotiation")

    def change(self, key: str, lines: Sequence[Line]) -> None:
        self._post(f"/api/deals/{key}/change", lines=_lines(lines))

    def told(self, key: str) -> bool:
        """Whether the deal says what its invoice is and has its comment: both flows have carried it."""
        box = self._get(f"/api/streak/records/box/{key}")
        return bool(self._invoice_of(box)) and int(box["commentCount"]) > 0

    # -- faults -------------------------------------------------------------------------------------------------------

    def arm(self, fault: FaultArmed) -> None:
        options = {"share": fault.share, "path": fault.path} | (
            {"millis": fault.millis} if fault.millis else {}
        )
        self._post("/api/faults", system=fault.system, kind=fault.kind, mode="share", **options)

    def arm_count(self, fault: FaultArmed, count: int) -> None:
        """Strike for certain, so many times in a row."""
        options = {"path": fault.path, "count": count} | ({"millis": fault.millis} if fault.millis else {})
        self._post("/api/faults", system=fault.system, kind=fault.kind, mode="count", **options)

    def calm(self) -> None:
        """Switch every fault off; the counts stay."""
        self._post("/api/faults", clear=True)

    def hits(self) -> dict[str, int]:
        """How often each fault really happened, by "system kind"."""
        found = self._get("/api/faults")
        return {
            f"{system} {one['id']}": int(one["hits"])
            for system, switches in found.items()
            for one in switches
        }

    def expire_tokens(self) -> None:
        """Let every access token run out at once: the sandbox's clock moves on."""
        self.advance(TOKEN_LASTS + 1)

    def advance(self, seconds: int) -> None:
        self._post("/api/clock", advance_seconds=seconds)

    def refusals(self) -> int:
        """How many calls have been answered with 401 so far. Ask often: the sandbox keeps the last exchanges only."""
        answer = self._session.get(
            f"{self._url}/api/traffic", params={"after": str(self._seen), "limit": "20000"}, timeout=LIMIT
        ).json()
        self._seen = int(answer["last"])
        self._refused += sum(1 for one in answer["items"] if one["status"] == UNAUTHORIZED)
        return self._refused

    def undelivered(self) -> int:
        """Webhooks still to be delivered."""
        return int(self._get("/api/state")["systems"]["streak"]["counts"]["delivery"])

    # -- books --------------------------------------------------------------------------------------------------------

    def books(self, keys: Mapping[int, str], waiting: frozenset[int]) -> Books:
        """What both systems hold now. `keys` are the box keys of the deals by number."""
        names = {one["id"]: str(one["name"]) for one in self._records("sage50", "contact")}
        numbers = {key: number for number, key in keys.items()}
        boxes = {
            numbers[box["key"]]: BoxHeld(box["key"], self._invoice_of(box), int(box["commentCount"]))
            for box in self._records("streak", "box")
            if box["key"] in numbers
        }
        invoices = [
            _invoice(one, names)
            for one in self._records("sage50", "sales_invoice")
            if one["id"] not in self._old_invoices
        ]
        return Books(invoices, list(names.values()), boxes, waiting)

    def _invoice_field(self) -> str:
        """The key of the field that names the invoice, from Streak's own API."""
        streak = self._get("/api/urls")["systems"]["streak"]
        sign = (str(streak["access"]["api_key"]), "")
        (pipeline,) = self._session.get(f"{streak['api']}/v1/pipelines", auth=sign, timeout=LIMIT).json()
        return str(next(one["key"] for one in pipeline["fields"] if one["name"] == INVOICE_FIELD))

    def _invoice_of(self, box: Mapping[str, Any]) -> str:
        return str(box["fields"].get(self._field) or "")

    def _records(self, system: str, kind: str) -> list[dict[str, Any]]:
        answer = self._session.get(
            f"{self._url}/api/{system}/records", params={"kind": kind, "limit": ALL}, timeout=LIMIT
        )
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def _get(self, path: str) -> Any:
        answer = self._session.get(f"{self._url}{path}", timeout=LIMIT)
        answer.raise_for_status()
        return answer.json()

    def _post(self, path: str, /, **body: Any) -> Any:
        answer = requests.post(f"{self._url}{path}", json=body, timeout=LIMIT)
        answer.raise_for_status()
        return answer.json()


def _lines(lines: Sequence[Line]) -> list[dict[str, str]]:
    return [asdict(line) for line in lines]


def _invoice(one: Mapping[str, Any], names: Mapping[str, str]) -> InvoiceHeld:
    return InvoiceHeld(
        id=str(one["id"]),
        reference=str(one["reference"]),
        customer=names.get(one["contact"]["id"], "nobody"),
        currency=str(one["currency"]["id"]),
        net=Decimal(one["net_amount"]),
        tax=Decimal(one["tax_amount"]),
        total=Decimal(one["total_amount"]),
    )
