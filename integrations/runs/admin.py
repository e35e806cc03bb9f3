"""Runs in the admin: the list, the run's page with its step timeline, and retry, run again and cancel."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.access.authorise import authorise, can
from integrations.console import looks, marks
from integrations.console.filters import FlowFilter
from integrations.console.lists import KeysetChangeList
from integrations.failures import actions
from integrations.runs.admin_acts import DecisionActs, run_url
from integrations.runs.admin_decide import decision_acts
from integrations.runs.admin_page import acts_for, badge, page_of
from integrations.runs.admin_plan import RetryChoice, plan_context
from integrations.runs.models import Run

__all__ = ["RunAdmin"]

_SEARCHED = 200_000
"""Titles are searched in this many of the newest runs; a number finds any run."""


@admin.register(Run)
class RunAdmin(DecisionActs):
    view_action = "run.view"
    list_display = ("state_mark", "run_title", "flow", "where", "amount_mark", "queued", "took")
    list_display_links = ("run_title",)
    list_filter = ("state", FlowFilter)
    list_select_related = ("environment", "release")
    search_fields = ("title",)
    search_help_text = "Title or run number"
    page_template = "admin/run.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        heavy = ("release__plan", "release__graph", "release__layout", "input_edit")
        return super().get_queryset(request).defer(*heavy)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Run], search_term: str
    ) -> tuple[QuerySet[Run], bool]:
        """A number is a run's; anything else is looked for in the newest titles."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.isascii() and term.isdigit():
            return queryset.filter(pk=int(term[:18])), False
        newest = Run.objects.aggregate(newest=Max("pk"))["newest"] or 0
        return queryset.filter(pk__gt=newest - _SEARCHED, title__icontains=term), False

    @admin.display(description="state")
    def state_mark(self, run: Run) -> SafeString:
        return badge(run)

    @admin.display(description="run")
    def run_title(self, run: Run) -> str:
        return str(run)

    @admin.display(description="flow")
    def flow(self, run: Run) -> SafeString:
        return format_html('{}<span class="sub">r{}</span>', run.release.flow_name, run.release.number)

    @admin.display(description="environment")
    def where(self, run: Run) -> str:
        return run.environment.key

    @admin.display(description="amount")
    def amount_mark(self, run: Run) -> SafeString:
        return marks.money(run.amount, run.currency)

    @admin.display(description="when")
    def queued(self, run: Run) -> SafeString:
        return marks.ago(run.queued_at)

    @admin.display(description="took")
    def took(self, run: Run) -> str:
        if run.started_at is None or run.ended_at is None:
            return ""
        return marks.duration((run.ended_at - run.started_at).total_seconds() * 1000)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Run | None:
        """The run with its whole plan: the page shows steps that were not reached, too."""
        if not (object_id.isascii() and object_id.isdigit()):
            return None
        rows = super().get_queryset(request).select_related("environment", "release", "event", "failure")
        return rows.filter(pk=int(object_id[:18])).first()

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/retry/", wrap(self.retry_view), name="run-retry"),
            path("<path:object_id>/cancel/", wrap(self.cancel_view), name="run-cancel"),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = self.found(request, object_id)
        may_act = can(request, "run.retry", run.environment)
        settles = decision_acts(run) if can(request, "effect.settle", run.environment) else []
        context = {
            **self.page_context(request, run),
            "run": run,
            "badge": badge(run),
            "page": page_of(run, request.GET.get("step", "")),
            "acts": [*settles, *(acts_for(run) if may_act else [])],
            "may_act": may_act,
            "what_to_do": looks.WHAT_TO_DO.get(run.failure.kind, "") if run.failure else "",
            "step_looks": looks.STEP,
            "effect_looks": looks.EFFECT,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.page_template, context)

    def retry_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the plan of the retry; on confirmation retry and go to the run that goes on."""
        run = self.found(request, object_id)
        choice = RetryChoice.of(request)
        if request.method != "POST":
            context = {**self.page_context(request, run), **plan_context(run, choice), "back": run_url(run)}
            return TemplateResponse(request, "admin/confirm.html", context)
        authorise(request, "run.retry", run.environment, target=f"run {run.pk}")
        try:
            goes_on = actions.retry(
                run.pk, mode=choice.mode, release=choice.release, by=actor_of(request).name
            )
        except actions.NotParked as refusal:
            messages.warning(request, f"{refusal} Nothing was changed.")
            return HttpResponseRedirect(run_url(run))
        how = f"{choice.mode}, release {choice.release}"
        record(request, "run.retry", f"run {run.pk}", environment=run.environment, note=how)
        messages.success(request, "The run goes on." if goes_on.pk == run.pk else "A new run took its place.")
        return HttpResponseRedirect(run_url(goes_on))

    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what cancelling does; on confirmation cancel."""
        run = self.found(request, object_id)
        if request.method != "POST":
            context = {
                **self.page_context(request, run),
                "title": "Cancel this run?",
                "sentences": ["It stops before its next write. Nothing that was written is undone."],
                "act": "Cancel run",
                "keep": "Let it wait",
                "danger": True,
                "back": run_url(run),
            }
            return TemplateResponse(request, "admin/confirm.html", context)
        authorise(request, "run.cancel", run.environment, target=f"run {run.pk}")
        ended = actions.cancel(run.pk, actor_of(request).name)
        record(request, "run.cancel", f"run {run.pk}", environment=run.environment, note=str(ended.state))
        messages.info(request, f"The run is {ended.get_state_display().lower()}.")
        return HttpResponseRedirect(run_url(run))
