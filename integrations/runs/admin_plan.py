"""The plan of a retry as it is confirmed: what is reused, run again, skipped and looked up first, in counts and names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest

from integrations.console import marks
from integrations.console.names import operation_title
from integrations.effects.models import Effect
from integrations.engine.path import place_of
from integrations.failures.actions import retry_plan
from integrations.runs.models import Run
from integrations.runs.timeline import planned_steps

__all__ = ["RetryChoice", "plan_context"]


@dataclass(frozen=True, slots=True)
class RetryChoice:
    """How to retry: at the step or from the start, on the same or the current release."""

    mode: Literal["step", "start"]
    release: Literal["same", "current"]

    @classmethod
    def of(cls, request: HttpRequest) -> "RetryChoice":
        """Read from the form, or from the address; anything strange means the gentlest."""
        given = request.POST if request.method == "POST" else request.GET
        return cls(
            "start" if given.get("mode") == "start" else "step",
            "current" if given.get("release") == "current" else "same",
        )


def plan_context(run: Run, choice: RetryChoice) -> dict[str, Any]:
    """Context of `admin/confirm.html` for this retry."""
    plan = retry_plan(run)
    names = {place: step.name for place, step in planned_steps(run.release.plan)}
    hidden = [("mode", choice.mode), ("release", choice.release)]
    if choice.mode == "start" or choice.release == "current":
        return {**_from_start(plan, choice), "hidden": hidden}
    again = [_named(path, names) for path in plan["again"]]
    return {
        "title": f"Retry from {again[0]}?" if again else "Retry this run?",
        "sentences": ["The run goes on where it stopped. What is recorded is never done twice."],
        "counts": _counts(
            (len(plan["reused"]), "steps reused"),
            (len(plan["again"]), "steps run again"),
            (len(plan["confirmed"]), "effects done, skipped"),
            (len(plan["unknown"]), "effects looked up first"),
        ),
        "groups": [
            {"title": "Run again", "items": again},
            {"title": "Looked up first, before anything is sent", "items": _effects(plan["unknown"])},
            {"title": "Done already, skipped", "items": _effects(plan["confirmed"])},
        ],
        "act": "Retry",
        "hidden": hidden,
    }


def _from_start(plan: Mapping[str, Sequence[Any]], choice: RetryChoice) -> dict[str, Any]:
    on_current = " on the release that is active now" if choice.release == "current" else ""
    return {
        "title": "Run this event again from the start?",
        "sentences": [
            f"A new run takes the place of this one{on_current}; this one is cancelled in the same moment.",
            "It reads everything anew. An effect that is confirmed already is met and adopted, not made again.",
        ],
        "counts": _counts(
            (len(plan["reused"]) + len(plan["again"]), "steps run again"),
            (len(plan["confirmed"]), "effects met again"),
            (len(plan["unknown"]), "effects looked up first"),
        ),
        "groups": [{"title": "Met again", "items": _effects([*plan["confirmed"], *plan["unknown"]])}],
        "act": "Run again",
    }


def _counts(*pairs: tuple[int, str]) -> list[dict[str, Any]]:
    return [{"value": value, "title": title} for value, title in pairs]


def _effects(effects: Iterable[Effect]) -> list[str]:
    return [
        " · ".join(
            part
            for part in (
                operation_title(one.operation),
                marks.shortened(one.identity),
                marks.money_text(one.amount, one.currency),
            )
            if part
        )
        for one in effects
    ]


def _named(path: str, names: Mapping[str, str]) -> str:
    return names.get(place_of(path), path)
