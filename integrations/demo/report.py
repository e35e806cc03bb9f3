"""What a rehearsal tells: the run step by step with times, the verdict, and one JSON object for programs."""

import json
from collections.abc import Iterator
from typing import Any

from integrations.demo.play import Story, moment

__all__ = ["as_json", "told"]


def told(story: Story) -> Iterator[str]:
    """The story, line by line. Times count from the webhook's arrival."""
    arrived = moment(story.event["received_at"])
    yield f"  {0:8.3f} s  webhook stored as event {story.event['id']}, run {story.run['id']} queued"
    for step in story.run["steps"]:
        if step["ended_at"]:
            after = (moment(step["ended_at"]) - arrived).total_seconds()
            yield f"  {after:8.3f} s  {step['path']:<14}{_how(step)}"
    yield f"  {(moment(story.run['ended_at']) - arrived).total_seconds():8.3f} s  run {story.run['result']}"
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
