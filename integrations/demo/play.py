"""The rehearsal's play: a deal is won, its invoice awaited, its webhook repeated, and the far systems are looked at."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import requests

from integrations.demo.deal import COMPANY, NAME, expected_total
from integrations.demo.rest import RestClient
from integrations.demo.sandbox import Sandbox
from integrations.supervisor.console import Console
from integrations.supervisor.group import Group

__all__ = ["FLOW", "Play", "RehearsalError", "Story"]

FLOW = "closed-won-to-invoice"
REPEATS = 2
RUN_WITHIN = 120.0  # seconds until the run is over, deaths of the worker included
SETTLED_WITHIN = 60.0  # seconds until the repeats have been answered
OVER = {"succeeded", "failed", "cancelled"}
Found = TypeVar("Found")


class RehearsalError(Exception):
    """The main job did not happen as it must. The text is one sentence for a person."""


@dataclass
class Story:
    """What happened, and what the far systems hold in the end. `invoice_total` is Sage's own, as decimal text."""

    run: dict[str, Any]
    event: dict[str, Any]
    customers: int
    invoices: int
    invoice_total: str
    written_back: bool
    killed: str = ""
    wrong: list[str] = field(default_factory=list)

    @property
    def webhook_to_invoice_ms(self) -> int:
        """From the webhook's arrival to Sage's answer, by Interlock's clock."""
        invoice = next(step for step in self.run["steps"] if step["path"] == "invoice")
        return round((moment(invoice["ended_at"]) - moment(self.event["received_at"])).total_seconds() * 1000)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Play:
    """One deal, one run, two repeats. While it waits it looks after the group."""

    def __init__(self, group: Group, console: Console, client: RestClient, sandbox: Sandbox) -> None:
        self._group = group
        self._console = console
        self._client = client
        self._sandbox = sandbox

    def run(self) -> Story:
        """Play it, and judge. Raises `RehearsalError` when the run doesn't end well, `StoppedError` on a signal."""
        box = self._sandbox.add_deal()
        self._console.say(f"The deal “{NAME}” is won.")
        self._sandbox.win(box)
        run = self._wait("the run to be over", self._run_that_is_over, RUN_WITHIN)
        if run["state"] != "succeeded":
            raise RehearsalError(f"The run ended as {run['state']}: {_problems(run)}")
        self._console.say(f"The run is over; the same webhook is delivered {REPEATS} more times.")
        self._sandbox.resend_webhook(REPEATS)
        event = self._wait("the repeats to be answered", lambda: self._repeated(run["event"]), SETTLED_WITHIN)
        self._wait("every run to be over", self._all_over, SETTLED_WITHIN)
        return self._look(box, run, event)

    def _look(self, box: str, run: dict[str, Any], event: dict[str, Any]) -> Story:
        """What Sage and Streak hold, against what must be there."""
        customers = self._sandbox.customers()
        invoices = self._sandbox.invoices(customers)
        total = invoices[0]["total_amount"] if invoices else "0"
        on_box = self._sandbox.invoice_on_box(box)
        story = Story(
            run=self._client.run(run["id"]),
            event=event,
            customers=len(customers),
            invoices=len(invoices),
            invoice_total=f"{Decimal(str(total)):.2f}",
            written_back=bool(invoices) and on_box == invoices[0]["id"],
        )
        story.wrong = list(judge(story))
        return story

    def _run_that_is_over(self) -> dict[str, Any] | None:
        runs = self._client.runs(FLOW)
        if not runs:
            return None
        newest = self._client.run(runs[0]["id"])
        if newest["state"] == "parked" and newest["reason"] == "person":
            raise RehearsalError(f"The run waits for a person: {_problems(newest)}")
        return newest if newest["state"] in OVER else None

    def _repeated(self, number: int) -> dict[str, Any] | None:
        event = self._client.event(number)
        return event if event["duplicates"] >= REPEATS else None

    def _all_over(self) -> bool:
        return all(run["state"] in OVER for run in self._client.runs(FLOW))

    def _wait(self, what: str, look: Callable[[], Found | None], seconds: float) -> Found:
        """Look until there is something, taking a server that is being restarted in stride."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._group.tick(0.1)
            try:
                found = look()
            except requests.ConnectionError:
                continue
            if found:
                return found
        raise RehearsalError(f"Waited {seconds:.0f} seconds for {what}, in vain.")


def judge(story: Story) -> list[str]:
    """One sentence for everything that isn't as it must be."""
    expected = f"{expected_total():.2f}"
    checks = (
        (story.customers == 1, f"Sage has {story.customers} customers called {COMPANY} instead of one."),
        (story.invoices == 1, f"Sage has {story.invoices} invoices for this deal instead of one."),
        (
            story.invoice_total == expected,
            f"The invoice comes to {story.invoice_total} instead of {expected}.",
        ),
        (story.written_back, "The invoice's id is not on the box."),
    )
    return [sentence for holds, sentence in checks if not holds]


def _problems(run: dict[str, Any]) -> str:
    found = [f"{step['path']}: {step['problem']['sentence']}" for step in run["steps"] if step["problem"]]
    return " ".join(found) or f"{run['state']} ({run['reason'] or 'no reason given'})."
