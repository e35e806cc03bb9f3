"""Schedules in the admin: when each flow is due, and what became of the times that passed."""

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.access.authorise import can
from integrations.console import marks
from integrations.console.pages import Column, Fact, FactsAdmin, Module, Page, Table, Tool
from integrations.ingress.admin_pause import pause_facts
from integrations.schedules.models import Schedule, ScheduleDue

__all__ = ["ScheduleAdmin"]

_LATEST = 50
_POLICIES = {
    "skip": "left out",
    "once": "one run for all of them",
    "all": "one run for each of the latest",
}


@admin.register(Schedule)
class ScheduleAdmin(FactsAdmin[Schedule]):
    view_action = "endpoint.view"
    environment_path = "endpoint__environment"
    list_display = ("named", "description", "where", "next_due", "last_fired", "missed")
    list_display_links = ("named",)
    list_select_related = ("endpoint__environment",)
    search_fields = ("endpoint__flow_key",)
    search_help_text = "Flow"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        waiting = ScheduleDue.objects.filter(schedule=OuterRef("pk"), state=ScheduleDue.State.PENDING)
        rows = super().get_queryset(request).select_related("endpoint__environment")
        return rows.annotate(next_at=Subquery(waiting.values("due")[:1]))

    @admin.display(description="schedule")
    def named(self, schedule: Schedule) -> SafeString:
        endpoint = schedule.endpoint
        return format_html('{}<span class="sub mono">{}</span>', endpoint.flow_key, endpoint.node)

    @admin.display(description="environment")
    def where(self, schedule: Schedule) -> str:
        return schedule.endpoint.environment.key

    @admin.display(description="next")
    def next_due(self, schedule: Schedule) -> SafeString:
        return _next(schedule)

    @admin.display(description="last started")
    def last_fired(self, schedule: Schedule) -> SafeString:
        return marks.ago(schedule.last_fired_at)

    def page(self, request: HttpRequest, obj: Schedule) -> Page:
        endpoint = reverse("admin:integrations_endpoint_change", args=[obj.endpoint_id])
        facts = [
            *pause_facts(obj.endpoint),
            Fact("Starts", obj.description),
            Fact("Next", _next(obj)),
            Fact("Last started", marks.ago(obj.last_fired_at)),
            Fact("Times without a run", str(obj.missed)),
            Fact("When nobody was there in time", _policy(obj)),
            Fact("Since", marks.instant(obj.set_at)),
            Fact("Endpoint", format_html('<a href="{}">{}</a>', endpoint, obj.endpoint)),
        ]
        past = obj.dues.exclude(state=ScheduleDue.State.PENDING).select_related("event")
        columns = [Column("Due"), Column("What became of it"), Column("When")]
        table = Table(
            columns, [_row(one) for one in past.defer("event__data")[:_LATEST]], "Nothing was due yet."
        )
        return Page(
            title=str(obj.endpoint),
            subtitle=obj.zone,
            tools=_tools(request, obj),
            modules=[
                Module("Schedule", "kept from release to release", facts=facts),
                Module("Times that passed", "the latest first", table=table),
            ],
        )


def _tools(request: HttpRequest, schedule: Schedule) -> list[Tool]:
    endpoint = schedule.endpoint
    if not can(request, "endpoint.pause", endpoint.environment):
        return []
    here = reverse("admin:endpoint-pause", args=[endpoint.pk])
    return [Tool("Resume…", here, "play") if endpoint.paused_at else Tool("Pause…", here, "circle-pause")]


def _next(schedule: Schedule) -> SafeString:
    due = getattr(schedule, "next_at", None)
    rests = "paused" if schedule.endpoint.paused_at else "stopped"
    return marks.instant(due) if due else format_html('<span class="t3">{}</span>', rests)


def _policy(schedule: Schedule) -> str:
    rule = schedule.misfire.get("policy", "once")
    most = f" {schedule.misfire.get('most', 10)}" if rule == "all" else ""
    return f"{_POLICIES[rule]}{most}"


def _row(one: ScheduleDue) -> list[SafeString | str]:
    if one.state == ScheduleDue.State.SKIPPED:
        return [marks.instant(one.due), _skipped(one), marks.ago(one.settled_at)]
    if one.event is None:
        return [marks.instant(one.due), "started a run", marks.ago(one.settled_at)]
    url = reverse("admin:integrations_event_change", args=[one.event_id])
    return [
        marks.instant(one.due),
        format_html('<a href="{}">started a run</a>', url),
        marks.ago(one.settled_at),
    ]


def _skipped(one: ScheduleDue) -> SafeString | str:
    if one.count == 1:
        return "skipped"
    return format_html("{} times skipped, from {} on", f"{one.count:,}", marks.instant(one.first))
