"""Runs in the admin: the list, the run's page with its step timeline, and retry, run again and cancel."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.access.authorise import authorise, can
from integrations.console import looks, marks
from integrations.console.large import CheckedChoice, CheckedFlow, LargeTable, places
from integrations.console.lists import KeysetChangeList
from integrations.failures import actions
from integrations.keyset import each, newest
from integrations.runs.admin_acts import run_url
from integrations.runs.admin_decide import decision_acts
from integrations.runs.admin_ends import EndActs
from integrations.runs.admin_page import acts_for, awaited, badge, page_of
from integrations.runs.admin_plan import RetryChoice, plan_context
from integrations.runs.lane_facts import lanes_called
from integrations.runs.models import Run
from integrations.runs.waits import waits_of

__all__ = ["RunAdmin"]

_FOUND = 1_000
"""A search shows so many runs of a lane, and so many by their titles."""


class WaitingChangeList(KeysetChangeList):
    """The page's runs are told together what they wait for."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        found = waits_of(rows)
        for row in rows:
            row.waits_now = found.get(row.pk)


@admin.register(Run)
class RunAdmin(LargeTable, EndActs):
    view_action = "run.view"
    list_display = ("state_mark", "run_title", "flow", "where", "amount_mark", "queued", "took")
    list_display_links = ("run_title",)
    list_filter = (("state", CheckedChoice), CheckedFlow)
    list_select_related = ("environment", "release", "failure", "lane")
    search_fields = ("title",)
    search_help_text = "Title, run number or lane"
    page_template = "admin/run.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        heavy = ("release__plan", "release__graph", "release__layout", "input_edit")
        return super().get_queryset(request).defer(*heavy)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return WaitingChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Run], search_term: str
    ) -> tuple[QuerySet[Run], bool]:
        """A number is a run's, a lane's key its runs'; anything else is looked for in the newest titles."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.isascii() and term.isdigit():
            return queryset.filter(pk=int(term[:18])), False
        in_lane = Run.objects.filter(lane__in=list(lanes_called(term))).values_list("pk", flat=True)
        titled = (
            newest(Run.objects.all())
            .filter(title__icontains=term)
            .order_by("-pk")
            .values_list("pk", flat=True)
        )
        return queryset.filter(pk__in=[*in_lane[:_FOUND], *titled[:_FOUND]]), False

    def by(self, request: HttpRequest, rows: QuerySet[Run]) -> list[QuerySet[Run]] | None:
        """Whatever isn't the usual end of a run is found by its state."""
        state = request.GET.get("state__exact")
        if not state or state == Run.State.SUCCEEDED:
            return None
        return each(rows.filter(state=state), environment=[one.pk for one in places(request)])

    @admin.display(description="state")
    def state_mark(self, run: Run) -> SafeString:
        return badge(run)

    @admin.display(description="run")
    def run_title(self, run: Run) -> SafeString:
        waits = getattr(run, "waits_now", None)
        return (
            format_html('{}<span class="sub">{}</span>', run, waits.sentence)
            if waits
            else format_html("{}", run)
        )

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
        rows = (
            super().get_queryset(request).select_related("environment", "release", "event", "failure", "lane")
        )
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
        page = page_of(run, request.GET.get("step", ""), request.GET.get("after", ""))
        settles = decision_acts(run) if can(request, "effect.settle", run.environment) else []
        context = {
            **self.page_context(request, run),
            "run": run,
            "badge": badge(run),
            "page": page,
            "way": awaited(page.waits) if page.waits else "",
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
