"""The rehearsal's play: a deal is won, its invoice awaited, its webhook repeated, and the far systems are looked at."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import requests

from integrations.demo.deal import COMPANY, NAME, deal_body, expected_total
from integrations.demo.report import Story
from integrations.demo.scenario import RehearsalError, Scene

__all__ = ["FLOW", "KILL_POINTS", "RUN_WITHIN", "STEPS", "Play"]

FLOW = "closed-won-to-invoice"
REPEATS = 2
RUN_WITHIN = 120.0  # seconds until the run is over, deaths of the worker included
SETTLED_WITHIN = 60.0  # seconds until the repeats have been answered
OVER = {"succeeded", "failed", "cancelled"}
KILL_POINTS = (
    "deal:before",
    "contact:before",
    "organization:before",
    "customer:before",
    "customer:intended",
    "customer:sent",
    "invoice:before",
    "invoice:intended",
    "invoice:sent",
    "write_back:before",
    "write_back:intended",
    "write_back:sent",
    "end:before",
)
"""Where a random kill strikes: every boundary of every step that calls a far system, and the end of the run."""

STEPS = (
    "won",
    "deal",
    "is_won",
    "contact",
    "organization",
    "customer",
    "lines",
    "invoice",
    "write_back",
    "end",
)
"""The template flow's nodes in the order they are carried out, and the end of the run."""
Found = TypeVar("Found")


class Play:
    """One deal, one run, two repeats. While it waits it looks after the group. Other plays change its parts."""

    def __init__(self, scene: Scene) -> None:
        self._group = scene.group
        self.console = scene.console
        self.client = scene.client
        self.sandbox = scene.sandbox

    def run(self) -> Story:
        """Play it, and judge. Raises `RehearsalError` when the run doesn't end well, `StoppedError` on a signal."""
        box = self.sandbox.add_deal(self.deal())
        self.console.say(f"The deal “{NAME}” is won.")
        self.sandbox.win(box)
        run = self.carried()
        if run["state"] != "succeeded":
            raise RehearsalError(f"The run ended as {run['state']}: {_problems(run)}")
        self.console.say(f"The run is over; the same webhook is delivered {REPEATS} more times.")
        self.sandbox.resend_webhook(REPEATS)
        event = self.wait("the repeats to be answered", lambda: self._repeated(run["event"]), SETTLED_WITHIN)
        self.wait("every run to be over", self._all_over, SETTLED_WITHIN)
        return self._look(box, run, event)

    def deal(self) -> dict[str, object]:
        """The deal that is won, as the sandbox takes it."""
        return deal_body()

    def carried(self) -> dict[str, Any]:
        """The run, once it is over."""
        return self.wait("the run to be over", self._run_that_is_over, RUN_WITHIN)

    def story(self, **found: Any) -> Story:
        """What is told of it."""
        return Story(**found)

    def judged(self, story: Story) -> list[str]:
        """What isn't as it must be."""
        return judge(story)

    def newest(self) -> dict[str, Any] | None:
        """The flow's newest run with its steps."""
        runs = self.client.runs(FLOW)
        return self.client.run(runs[0]["id"]) if runs else None

    def _look(self, box: str, run: dict[str, Any], event: dict[str, Any]) -> Story:
        """What Sage and Streak hold, against what must be there."""
        customers = self.sandbox.customers()
        invoices = self.sandbox.invoices(customers)
        total = invoices[0]["total_amount"] if invoices else "0"
        on_box = self.sandbox.invoice_on_box(box)
        story = self.story(
            run=self.client.run(run["id"]),
            event=event,
            customers=len(customers),
            invoices=len(invoices),
            invoice_total=f"{Decimal(str(total)):.2f}",
            written_back=bool(invoices) and on_box == invoices[0]["id"],
        )
        story.wrong = self.judged(story)
        return story

    def _run_that_is_over(self) -> dict[str, Any] | None:
        newest = self.newest()
        if newest is None:
            return None
        if newest["state"] == "parked" and newest["reason"] == "person":
            raise RehearsalError(f"The run waits for a person: {_problems(newest)}")
        return newest if newest["state"] in OVER else None

    def _repeated(self, number: int) -> dict[str, Any] | None:
        event = self.client.event(number)
        return event if event["duplicates"] >= REPEATS else None

    def _all_over(self) -> bool:
        return all(run["state"] in OVER for run in self.client.runs(FLOW))

    def wait(self, what: str, look: Callable[[], Found | None], seconds: float) -> Found:
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
