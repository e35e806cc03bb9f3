"""The sandbox's far systems as their own users see them: Streak's API with its key, Sage's API with a token of its own.

The rehearsal judges by this and by nothing of Interlock's, so that a mistake in a connector can't hide itself.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from integrations.demo.deal import COMPANY

__all__ = ["Sandbox"]

TIMEOUT = 20  # seconds
INVOICE_FIELD = "Sage invoice"
WON = re.compile(r"closed.?won", re.IGNORECASE)


class Sandbox:
    """One running sandbox. Raises `requests.RequestException` when it refuses."""

    def __init__(self, control_url: str) -> None:
        self._control = control_url
        self._session = requests.Session()
        self._session.trust_env = False
        systems = self._ask("GET", f"{control_url}/api/urls")["systems"]
        self._streak_api, self._sage_api = systems["streak"]["api"], systems["sage50"]["api"]
        self._streak_sign = (str(systems["streak"]["access"]["api_key"]), "")
        self._sage_sign: dict[str, str] = {}

    def add_deal(self, body: Mapping[str, object]) -> str:
        """Put a deal on the board, in negotiation; returns its box key."""
        return str(self._ask("POST", f"{self._control}/api/deals", json=dict(body))["key"])

    def win(self, box: str) -> None:
        """Move the box to the won stage, as a person or a program would: through Streak's API."""
        pipeline = self._streak(f"boxes/{box}")["pipelineKey"]
        stages = self._streak(f"pipelines/{pipeline}")["stages"]
        won = next(key for key, stage in stages.items() if WON.search(stage["name"]))
        self._ask(
            "POST", f"{self._streak_api}/v1/boxes/{box}", json={"stageKey": won}, auth=self._streak_sign
        )

    def resend_webhook(self, times: int) -> None:
        """Let Streak deliver its last webhook again."""
        self._ask("POST", f"{self._control}/api/webhooks/resend", json={"times": times})

    def invoice_on_box(self, box: str) -> str:
        """What the box's own field says its invoice is; "" when it says nothing."""
        found = self._streak(f"boxes/{box}")
        fields = self._streak(f"pipelines/{found['pipelineKey']}/fields")
        key = next(field["key"] for field in fields if field["name"] == INVOICE_FIELD)
        return str(found["fields"].get(key) or "")

    def customers(self) -> list[dict[str, Any]]:
        """Every contact in Sage that goes by the company's name."""
        return [one for one in self._sage("contacts") if str(one["name"]).casefold() == COMPANY.casefold()]

    def invoices(self, customers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Every sales invoice in Sage for one of these customers."""
        ids = {customer["id"] for customer in customers}
        return [one for one in self._sage("sales_invoices") if one["contact"]["id"] in ids]

    def _streak(self, path: str) -> Any:
        return self._ask("GET", f"{self._streak_api}/v1/{path}", auth=self._streak_sign)

    def _sage(self, path: str) -> list[dict[str, Any]]:
        """Every item of a list, page after page."""
        items: list[dict[str, Any]] = []
        following: str | None = f"/{path}?attributes=all&items_per_page=200"
        while following:
            if not self._sage_sign:
                token = self._ask("POST", f"{self._control}/api/sage50/sign-in", json={})["access_token"]
                self._sage_sign = {"Authorization": f"Bearer {token}"}
            page = self._ask("GET", f"{self._sage_api}{following}", headers=self._sage_sign)
            items += page["$items"]
            following = page["$next"]
        return items

    def _ask(self, method: str, url: str, **options: Any) -> Any:
        answer = self._session.request(method, url, timeout=TIMEOUT, **options)
        answer.raise_for_status()
        return answer.json()
