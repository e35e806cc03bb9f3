"""What a rehearsal tells: the run step by step with times, the verdict, and one JSON object for programs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

__all__ = ["Story", "as_json", "told"]


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
        return round(
            (_moment(invoice["ended_at"]) - _moment(self.event["received_at"])).total_seconds() * 1000
        )

    def told(self) -> Iterator[str]:
        return told(self)

    def as_json(self, killed_at: str = "") -> str:
        return as_json(self, killed_at)


def told(story: Story) -> Iterator[str]:
    """The story, line by line. Times count from the webhook's arrival."""
    arrived = _moment(story.event["received_at"])
    yield f"  {0:8.3f} s  webhook stored as event {story.event['id']}, run {story.run['id']} queued"
    for step in story.run["steps"]:
        if step["ended_at"]:
            after = (_moment(step["ended_at"]) - arrived).total_seconds()
            yield f"  {after:8.3f} s  {step['path']:<14}{_how(step)}"
    yield f"  {(_moment(story.run['ended_at']) - arrived).total_seconds():8.3f} s  run {story.run['result']}"
    if story.killed:
        yield f"The worker was killed on the way: process {story.killed}."
    yield f"The webhook came {story.event['duplicates']} more times and was answered without another run."
    if story.wrong:
        yield from story.wrong
    else:
        yield f"One customer, one invoice over {story.invoice_total}, its id on the box. All as it must be."


def _how(step: dict[str, Any]) -> str:
    again = f", attempt {step['attempt']}" if step["attempt"] > 1 else ""
    took = f" in {step['ms']} ms" if step["ms"] is not None else ""
    return f"{step['state']}{took}{again}"


def as_json(story: Story, killed_at: str = "") -> str:
    """One line. `killed_at` is there only when a kill was asked for."""
    found: dict[str, Any] = {
        "customers": story.customers,
        "invoices": story.invoices,
        "invoice_total": story.invoice_total,
        "written_back": story.written_back,
        "duplicates_ignored": story.event["duplicates"],
        "webhook_to_invoice_ms": story.webhook_to_invoice_ms,
    }
    return json.dumps(found | ({"killed_at": killed_at} if killed_at else {}))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
