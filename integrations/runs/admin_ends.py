"""Giving a run up and going on without a step, in the admin: asked first, with a reason, authorised and audited."""

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from connectors.sdk.wire import Json
from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.access.authorise import authorise
from integrations.failures import skipping
from integrations.failures.actions import NotParked
from integrations.failures.decisions import ReasonNeeded
from integrations.failures.giving_up import give_up_on
from integrations.runs.admin_acts import DecisionActs, run_url
from integrations.runs.lane_facts import facts_of
from integrations.runs.models import Run

__all__ = ["EndActs"]


class EndActs(DecisionActs):
    """The addresses of both under one run."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/give-up/", wrap(self.give_up_view), name="run-give-up"),
            path("<path:object_id>/skip/", wrap(self.skip_view), name="run-skip"),
            *super().get_urls(),
        ]

    def give_up_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what giving up does; on confirmation, and with a reason, end the run as failed."""
        run = self.found(request, object_id)
        if request.method != "POST":
            return self._asked(request, run, _giving_up(run))
        authorise(request, "run.give_up", run.environment, target=f"run {run.pk}")
        reason = request.POST.get("note", "").strip()
        try:
            with transaction.atomic():
                give_up_on(run.pk, by=actor_of(request).name, reason=reason)
                record(request, "run.give_up", f"run {run.pk}", environment=run.environment, note=reason)
        except ReasonNeeded as missing:
            return self._asked(request, run, _giving_up(run), str(missing))
        except NotParked as refusal:
            messages.warning(request, f"{refusal} Nothing was changed.")
        else:
            messages.success(request, "The run has ended as failed.")
        return HttpResponseRedirect(run_url(run))

    def skip_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what the step comes to instead, and why; then record that and let the run go on."""
        run = self.found(request, object_id)
        posted = request.method == "POST"
        if posted:
            authorise(request, "run.skip", run.environment, target=f"run {run.pk}")
        try:
            step = skipping.skippable(run)
            if not posted:
                return self._asked(request, run, _skipping(step))
            self._skip(request, run)
        except (NotParked, skipping.CantSkip) as refusal:
            messages.warning(request, f"{refusal} Nothing was changed.")
        except ValueError as refusal:  # no reason, no JSON, or not what the operation promises
            shown = {**_skipping(step), "output": request.POST.get("output", "")}
            return self._asked(request, run, shown, str(refusal))
        else:
            messages.success(request, f"The run goes on without “{step.name}”.")
        return HttpResponseRedirect(run_url(run))

    def _skip(self, request: HttpRequest, run: Run) -> None:
        reason, given = request.POST.get("note", "").strip(), request.POST.get("output", "").strip()
        with transaction.atomic():
            skipping.skip(
                run.pk,
                by=actor_of(request).name,
                reason=reason,
                output=_read(given),
                port=request.POST.get("port", ""),
            )
            record(request, "run.skip", f"run {run.pk}", environment=run.environment, note=reason)

    def _asked(
        self, request: HttpRequest, run: Run, asked: dict[str, Any], problem: str = ""
    ) -> HttpResponse:
        context = {
            **self.page_context(request, run),
            **asked,
            "wants_note": True,
            "note_needed": True,
            "note": request.POST.get("note", ""),
            "problem": problem,
            "keep": "Let it wait",
            "back": run_url(run),
        }
        return TemplateResponse(request, "admin/confirm.html", context, status=422 if problem else 200)


def _read(text: str) -> Json:
    """What a person typed as JSON; nothing typed = nothing comes of the step."""
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError as problem:
        raise ValueError(f"This is not JSON: {problem}. A text needs quotation marks.") from problem


def _giving_up(run: Run) -> dict[str, Any]:
    lane = facts_of(run)
    says = ["It ends as failed and is not tried any more. What it wrote stays written."]
    if lane is not None and lane.holder == run.pk and lane.behind:
        says.append(f"The next of {lane.behind} that wait behind it in lane {lane.key} goes on.")
    return {"title": "Give this run up?", "sentences": says, "act": "Give up", "danger": True}


def _skipping(step: skipping.Skippable) -> dict[str, Any]:
    return {
        "title": f"Go on without “{step.name}”?",
        "sentences": [
            f"It failed: {step.sentence}",
            "The step counts as done by you, with the output below; nothing is sent for it. Steps behind it see that output.",
        ],
        "wants_output": True,
        "ports": step.ports if len(step.ports) > 1 else (),
        "act": "Skip the step",
    }
