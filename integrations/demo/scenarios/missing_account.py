"""A category nobody has given an account: the run waits, a steward adds the row, the same run goes on to one invoice."""

import json
from dataclasses import dataclass, replace
from typing import Any

from integrations.demo.deal import LINES, deal_body
from integrations.demo.people import HOME
from integrations.demo.play import KILL_POINTS, RUN_WITHIN, STEPS, Play
from integrations.demo.report import Story
from integrations.demo.scenario import RehearsalError, Scenario

__all__ = ["SCENARIO", "HeldPlay", "HeldStory"]

TABLE, CATEGORY, NOMINAL = "product_gl", "Garden", "4002"


@dataclass
class HeldStory(Story):
    """Also why the run waited, and how many invoices there were while it did."""

    held_as: str = ""
    invoices_while_held: int = 0

    def as_json(self, killed_at: str = "") -> str:
        more = {"held_as": self.held_as, "invoices_while_held": self.invoices_while_held}
        return json.dumps(json.loads(super().as_json(killed_at)) | more)


class HeldPlay(Play):
    """The main play with a deal whose last line is of an unknown category, and a steward who sees to it."""

    held_as = ""
    invoices_while_held = 0

    def deal(self) -> dict[str, object]:
        return deal_body([*LINES[:-1], replace(LINES[-1], category=CATEGORY)])

    def carried(self) -> dict[str, Any]:
        """Let the run come to its stop, look at Sage, add the row, and retry."""
        run = self.wait("the run to wait for a person", self._held, RUN_WITHIN)
        problems = [step["problem"] for step in run["steps"] if step["problem"]]
        self.held_as = str(problems[-1]["kind"]) if problems else ""
        self.invoices_while_held = len(self.sandbox.invoices(self.sandbox.customers()))
        self.console.say(f"The run waits: {problems[-1]['sentence'] if problems else run['reason']}")
        row = {"values": {"category": CATEGORY, "nominal": NOMINAL}}
        self.client.post(f"mapping-tables/{HOME}/{TABLE}/rows/", row)
        self.client.post(f"runs/{run['id']}/retry/", {})
        self.console.say(f"The row for {CATEGORY} is added, and the run is retried.")
        return super().carried()

    def story(self, **found: Any) -> Story:
        return HeldStory(**found, held_as=self.held_as, invoices_while_held=self.invoices_while_held)

    def judged(self, story: Story) -> list[str]:
        wrong = super().judged(story)
        if self.held_as != "table_miss":
            wrong.append(f"The run waited because of “{self.held_as}” instead of the missing row.")
        if self.invoices_while_held:
            wrong.append("Sage had an invoice for this deal before its account was known.")
        return wrong

    def _held(self) -> dict[str, Any] | None:
        run = self.newest()
        if run is not None and run["state"] in {"succeeded", "failed", "cancelled"}:
            raise RehearsalError(f"The run ended as {run['state']} without asking for the missing row.")
        return run if run is not None and (run["state"], run["reason"]) == ("parked", "person") else None


SCENARIO = Scenario(
    key="missing-account",
    title="A deal with an unknown product category waits; once its account is entered, the same run makes the invoice.",
    play=lambda scene: HeldPlay(scene).run(),
    steps=STEPS,
    kill_points=KILL_POINTS,
)
