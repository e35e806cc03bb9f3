"""What only a person can decide about a run's effect, as it is offered and confirmed: what each decision will and will not do."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse

from integrations.console import marks
from integrations.console.names import operation_title, system_title
from integrations.effects.models import Effect
from integrations.failures.decisions import Decision, asked, offered
from integrations.runs.admin_page import Act
from integrations.runs.models import Run

__all__ = ["DECIDED", "decision_acts", "decision_context"]

DECIDED: Mapping[Decision, str] = {
    "keep_first": "What was made is kept; the run goes on.",
    "credit_first": "The run goes on: it credits what was made and makes it anew.",
    "make_again": "The run goes on and makes it again.",
    "never_happened": "The run goes on and sends it again.",
}


def decision_acts(run: Run, *, back: str = "") -> list[Act]:
    """The decisions that apply to the run now, the gentlest first. `back` = "failure" comes back to the failure's page."""
    effect = asked(run)
    if effect is None:
        return []
    here = reverse("admin:run-decide", args=[run.pk])
    comes_back = f"&back={back}" if back else ""
    return [_ACTS[one](effect, f"{here}?decision={one}{comes_back}") for one in offered(effect)]


def decision_context(run: Run, effect: Effect, decision: Decision) -> dict[str, Any]:
    """Context of `admin/confirm.html` for a decision about the effect in question."""
    return _CONFIRMED[decision](run, effect)


def _keep_act(effect: Effect, url: str) -> Act:
    says = f"Nothing is written; the run takes {_made(effect)} as it is and goes on"
    button = f"Keep {_amount(effect)}" if effect.amount is not None else "Keep it"
    return Act("Keep the first", says, button, url)


def _credit_act(effect: Effect, url: str) -> Act:
    says = f"Credits {_made(effect)} in {_system(effect)} (a draft is deleted), then writes a new one"
    return Act("Credit and make anew", says, "Give a reason", url)


def _again_act(effect: Effect, url: str) -> Act:
    says = f"Writes {_second(effect)}; {_made(effect)} stays in {_system(effect)} as it is"
    return Act("Make it again", says, "Give a reason", url)


def _never_act(effect: Effect, url: str) -> Act:
    says = f"After you looked in {_system(effect)}: if it is there after all, it will be there twice"
    return Act("It never happened", says, "Send again", url)


def _keep(run: Run, effect: Effect) -> dict[str, Any]:
    return {
        "title": f"Keep {_made(effect)} as it is?",
        "sentences": [
            f"Nothing is written. The step takes {_made(effect)} as its result, and the run goes on with the next step.",
            f"What has changed since does not reach {_system(effect)}; correct it there if it should.",
        ],
        "counts": _amounts(run, effect),
        "groups": [{"title": "Made before", "items": [_effect(effect)]}],
        "act": f"Keep {_amount(effect)}" if effect.amount is not None else "Keep it",
    }


def _credit(run: Run, effect: Effect) -> dict[str, Any]:
    return {
        "title": f"Credit the {_record(effect)} and make it anew?",
        "sentences": [
            f"{_made(effect, start=True)} is credited in {_system(effect)}: a posted one gets a credit note, a draft is deleted.",
            "Only once that is confirmed, a new one is written with what is meant now. One stands in the end.",
        ],
        "counts": _amounts(run, effect),
        "groups": [{"title": "Made before", "items": [_effect(effect)]}],
        "act": "Credit and make anew",
        "danger": True,
        **_REASON,
    }


def _again(run: Run, effect: Effect) -> dict[str, Any]:
    return {
        "title": f"Make the {_record(effect)} again?",
        "sentences": [
            f"Interlock writes {_second(effect)} in {_system(effect)}. Later runs of the same record meet this one.",
            f"{_made(effect, start=True)} stays as it is: nothing is voided or removed. Void it in {_system(effect)} if only one may stand.",
        ],
        "counts": _amounts(run, effect),
        "groups": [{"title": "Made before", "items": [_effect(effect)]}],
        "act": "Make it again",
        "danger": True,
        **_REASON,
    }


def _never(run: Run, effect: Effect) -> dict[str, Any]:
    return {
        "title": f"Send the {_record(effect)} again?",
        "sentences": [
            f"Look in {_system(effect)} first. The answer was lost, and Interlock could not find out whether it was written.",
            "The run sends its own request anew. If the first is there after all, it will be there twice.",
        ],
        "counts": _amounts(run, effect),
        "groups": [{"title": "Outcome unknown", "items": [_effect(effect)]}],
        "act": "It never happened, send again",
        "danger": True,
        **_REASON,
    }


_REASON: Mapping[str, Any] = {"wants_note": True, "note_needed": True}
_ACTS: Mapping[Decision, Callable[[Effect, str], Act]] = {
    "keep_first": _keep_act,
    "credit_first": _credit_act,
    "make_again": _again_act,
    "never_happened": _never_act,
}
_CONFIRMED: Mapping[Decision, Callable[[Run, Effect], dict[str, Any]]] = {
    "keep_first": _keep,
    "credit_first": _credit,
    "make_again": _again,
    "never_happened": _never,
}


def _amounts(run: Run, effect: Effect) -> list[dict[str, Any]]:
    """What was made and what the run is about, in money, as far as known."""
    word = "made before" if effect.state == Effect.State.CONFIRMED else "sent, outcome unknown"
    known = [
        (marks.money_text(effect.amount, effect.currency), word),
        (marks.money_text(run.amount, run.currency), "meant now"),
    ]
    return [{"value": value, "title": title} for value, title in known if value]


def _effect(effect: Effect) -> str:
    parts = (operation_title(effect.operation), effect.far_id, f"once per {marks.shortened(effect.identity)}")
    return " · ".join(part for part in parts if part)


def _made(effect: Effect, *, start: bool = False) -> str:
    plain = "What was made" if start else "what was made"
    return marks.shortened(effect.far_id) or plain


def _amount(effect: Effect) -> str:
    return marks.money_text(effect.amount)


def _record(effect: Effect) -> str:
    return effect.record.replace("_", " ")


def _second(effect: Effect) -> str:
    return f"a second {_record(effect)}" if effect.kind == "create" else "the same change once more"


def _system(effect: Effect) -> str:
    return system_title(effect.operation)
