"""Deciding about a run's effect in the admin: asked first, authorised and audited as through the API."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.access.authorise import authorise
from integrations.console.pages import FactsAdmin
from integrations.effects.models import Effect
from integrations.failures import actions, decisions
from integrations.runs.admin_decide import DECIDED, decision_context
from integrations.runs.models import Run

__all__ = ["DecisionActs", "run_url"]

_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision that applies: of which run, about which effect."""

    run: Run
    effect: Effect
    decision: decisions.Decision


class DecisionActs(FactsAdmin[Run]):
    """The address of a decision under one run; `?decision=` says which."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/decide/", wrap(self.decide_view), name="run-decide"),
            *super().get_urls(),
        ]

    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what the decision will and will not do; on confirmation settle it and let the run go on."""
        run = self.found(request, object_id)
        posted = request.method == "POST"
        if posted:
            authorise(request, "effect.settle", run.environment, target=f"run {run.pk}")
        decision, effect = _wanted(request), decisions.asked(run)
        if effect is None or decision not in decisions.offered(effect):
            messages.warning(request, _gone(run))
            return HttpResponseRedirect(_back(request, run))
        asked = Asked(run, effect, decision)
        return self._settle(request, asked) if posted else self._ask(request, asked)

    def _settle(self, request: HttpRequest, asked: Asked) -> HttpResponse:
        run, decision = asked.run, asked.decision
        reason = request.POST.get("note", "").strip()[:_LONGEST_REASON]
        note = f"{decision}: {reason}"
        try:
            with transaction.atomic():
                decisions.decide(run.pk, decision, by=actor_of(request).name, reason=reason)
                record(request, "effect.settle", f"run {run.pk}", environment=run.environment, note=note)
        except decisions.ReasonNeeded as missing:
            return self._ask(request, asked, str(missing))
        except (actions.NotParked, decisions.NoDecision) as refusal:
            messages.warning(request, f"{refusal} Nothing was changed.")
            return HttpResponseRedirect(_back(request, run))
        messages.success(request, DECIDED[decision])
        return HttpResponseRedirect(_back(request, run))

    def _ask(self, request: HttpRequest, asked: Asked, problem: str = "") -> HttpResponse:
        context: dict[str, Any] = {
            **self.page_context(request, asked.run),
            **decision_context(asked.run, asked.effect, asked.decision),
            "hidden": [("decision", asked.decision), ("back", _given(request, "back"))],
            "problem": problem,
            "keep": "Let it wait",
            "back": _back(request, asked.run),
        }
        return TemplateResponse(request, "admin/confirm.html", context, status=422 if problem else 200)


def run_url(run: Run) -> str:
    """The run's page."""
    return reverse("admin:integrations_run_change", args=[run.pk])


def _given(request: HttpRequest, name: str) -> str:
    return (request.POST if request.method == "POST" else request.GET).get(name, "")


def _wanted(request: HttpRequest) -> decisions.Decision | None:
    given = _given(request, "decision")
    return next((one for one in DECIDED if one == given), None)


def _back(request: HttpRequest, run: Run) -> str:
    """Where the person came from: the failure's page or the run's."""
    if _given(request, "back") == "failure" and run.failure_id:
        return reverse("admin:integrations_failure_change", args=[run.failure_id])
    return run_url(run)


def _gone(run: Run) -> str:
    """Why there is nothing to decide (any more)."""
    waits = "waits for something else" if run.state == Run.State.PARKED else f"is {run.state}"
    return f"This run does not wait for that decision any more: it {waits}. Nothing was changed."
