"""Pausing and resuming a poll or a schedule on its endpoint's page in the admin."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from connectors.sdk.errors import Config
from integrations.access.authorise import authorise, can
from integrations.console import marks
from integrations.console.pages import Fact, Tool
from integrations.ingress.models import Endpoint
from integrations.ingress.pausing import PAUSABLE, pause, resume
from integrations.polling.admin_backfill import BackfillActs

__all__ = ["PauseActs", "pause_facts"]


def pause_facts(endpoint: Endpoint) -> list[Fact]:
    """Since when it rests, by whose wish and why; [] when it doesn't."""
    if endpoint.paused_at is None:
        return []
    return [
        Fact("Paused", marks.ago(endpoint.paused_at)),
        Fact("By and why", f"{endpoint.paused_by}: {endpoint.paused_why}"),
    ]


class PauseActs(BackfillActs):
    """The address under which one endpoint is paused, or resumed when it is."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.pause_view)
        return [path("<path:object_id>/pause/", view, name="endpoint-pause"), *super().get_urls()]

    def pause_tools(self, request: HttpRequest, endpoint: Endpoint) -> list[Tool]:
        """What the page offers to those who may."""
        if endpoint.kind not in PAUSABLE or not can(request, "endpoint.pause", endpoint.environment):
            return []
        here = reverse("admin:endpoint-pause", args=[endpoint.pk])
        return [Tool("Resume…", here, "play") if endpoint.paused_at else Tool("Pause…", here, "circle-pause")]

    def pause_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what it does; on confirmation, and with a reason, pause the endpoint; or resume it."""
        endpoint = self.found(request, object_id)
        back = reverse("admin:integrations_endpoint_change", args=[endpoint.pk])
        if request.method != "POST":
            return self._ask_pause(request, endpoint, back)
        authorise(request, "endpoint.pause", endpoint.environment, target=str(endpoint))
        try:
            if endpoint.paused_at is not None:
                resume(endpoint, request)
                messages.success(request, "It goes on.")
            else:
                pause(endpoint, request, request.POST.get("note", ""))
                messages.success(request, "It rests until somebody resumes it.")
        except Config as refusal:
            if refusal.code == "reason_needed":
                return self._ask_pause(request, endpoint, back, refusal.sentence)
            messages.warning(request, refusal.sentence)
        return HttpResponseRedirect(back)

    def _ask_pause(
        self, request: HttpRequest, endpoint: Endpoint, back: str, problem: str = ""
    ) -> HttpResponse:
        rests = endpoint.paused_at is not None
        poll = endpoint.kind == "poll"
        pausing = (
            "It looks no more until it is resumed. Nothing is lost: it then goes on from where it was."
            if poll
            else "No due time starts a run until it is resumed; those that pass meanwhile are left out."
        )
        resuming = "It looks at once." if poll else "It waits for its next due time."
        context = {
            **self.page_context(request, endpoint),
            "title": f"{'Resume' if rests else 'Pause'} {endpoint}?",
            "sentences": [resuming if rests else f"{pausing} Runs that have begun go on."],
            "act": "Resume" if rests else "Pause",
            "wants_note": not rests,
            "note_needed": not rests,
            "problem": problem,
            "back": back,
        }
        return TemplateResponse(request, "admin/confirm.html", context, status=422 if problem else 200)
