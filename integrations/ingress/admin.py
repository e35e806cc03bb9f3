"""What came in at the door, in the admin: events with their data as text, endpoints with their public URL, refusals."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.console import looks, marks
from integrations.console.filters import FlowFilter
from integrations.console.json_text import pretty
from integrations.console.large import CheckedFlow, CheckedWord, LargeTable
from integrations.console.lists import KeysetChangeList
from integrations.console.pages import Column, Fact, FactsAdmin, Module, Page, Table
from integrations.ingress.admin_pause import PauseActs, pause_facts
from integrations.ingress.models import Endpoint, Event, Refusal
from integrations.keyset import aside
from integrations.payloads import codec
from integrations.polling.admin_page import poll_modules
from integrations.schedules.models import Schedule

__all__ = ["EndpointAdmin", "EventAdmin", "RefusalAdmin"]

_LATEST = 20
_CLOSED = marks.Look("", "door-closed", "Closed")
_PAUSED = marks.Look("warn", "circle-pause", "Paused")
_ACTIVE = {
    "webhook": marks.Look("ok", "radio", "Listening"),
    "poll": marks.Look("ok", "refresh-cw", "Looking"),
    "schedule": marks.Look("ok", "clock", "Waiting"),
}


class KindFilter(CheckedWord):
    title = parameter_name = "kind"
    words = ("webhook", "poll", "schedule", "manual")


@admin.register(Event)
class EventAdmin(LargeTable, FactsAdmin[Event]):
    view_action = "event.view"
    list_display = ("named", "flow_key", "where", "kind", "arrived", "duplicates")
    list_display_links = ("named",)
    list_filter = (KindFilter, CheckedFlow)
    looked_through = ("kind",)
    list_select_related = ("environment",)
    search_fields = ("key",)
    search_help_text = "Event key, whole"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).select_related("environment", "endpoint")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """Keys are found whole and with their endpoint, so that the index of both is used."""
        term = search_term.strip()
        known = Q(endpoint__in=Endpoint.objects.values("pk")) | Q(endpoint=None)
        return (queryset.filter(known, key=term) if term else queryset), False

    @admin.display(description="event")
    def named(self, event: Event) -> SafeString:
        key = marks.short(event.key)
        return format_html('{}<span class="sub">{}</span>', event.title, key) if event.title else key

    @admin.display(description="environment")
    def where(self, event: Event) -> str:
        return event.environment.key

    @admin.display(description="arrived")
    def arrived(self, event: Event) -> SafeString:
        return marks.ago(event.received_at)

    def page(self, request: HttpRequest, obj: Event) -> Page:
        facts = [
            Fact("Flow and trigger", format_html("{} · <code>{}</code>", obj.flow_key, obj.node)),
            Fact("Environment", obj.environment.name),
            Fact("Arrived", marks.instant(obj.received_at)),
            Fact("Key", format_html("<code>{}</code>", obj.key)),
            Fact("Sent again", _times(obj)),
            Fact("Kind", obj.kind),
        ]
        if obj.endpoint_id:
            facts.append(Fact("Endpoint", _link("endpoint", obj.endpoint_id, str(obj.endpoint))))
        runs = obj.runs.select_related("release").defer("release__plan", "release__graph", "release__layout")
        table = Table(
            [Column("State"), Column("Run"), Column("Release"), Column("Amount", right=True)],
            [
                [
                    marks.badge(looks.of_run(run.state, run.reason, run.result)),
                    _link("run", run.pk, str(run)),
                    f"r{run.release.number}",
                    marks.money(run.amount, run.currency),
                ]
                for run in runs[:_LATEST]
            ],
            "No run was made of it.",
        )
        return Page(
            title=obj.title or marks.short(obj.key),
            subtitle=f"event {obj.pk}",
            modules=[
                Module("Event", facts=facts),
                Module("Runs", table=table),
                Module("Data", "as it arrived, shown as text only", body=pretty(_data(obj))),
            ],
        )


@admin.register(Endpoint)
class EndpointAdmin(PauseActs):
    view_action = "endpoint.view"
    list_display = ("named", "kind", "trigger", "where", "state_mark", "address")
    list_display_links = ("named",)
    list_filter = ("kind", "active", FlowFilter)
    list_select_related = ("environment",)
    search_fields = ("flow_key", "node", "trigger")
    search_help_text = "Flow or trigger"

    @admin.display(description="endpoint")
    def named(self, endpoint: Endpoint) -> SafeString:
        return format_html('{}<span class="sub mono">{}</span>', endpoint.flow_key, endpoint.node)

    @admin.display(description="environment")
    def where(self, endpoint: Endpoint) -> str:
        return endpoint.environment.key

    @admin.display(description="state")
    def state_mark(self, endpoint: Endpoint) -> SafeString:
        if endpoint.paused_at is not None:
            return marks.status(_PAUSED)
        return marks.status(_ACTIVE[endpoint.kind] if endpoint.active else _CLOSED)

    @admin.display(description="public URL")
    def address(self, endpoint: Endpoint) -> SafeString | str:
        return format_html("<code>{}</code>", public_url(endpoint)) if endpoint.kind == "webhook" else ""

    def page(self, request: HttpRequest, obj: Endpoint) -> Page:
        facts = [
            *pause_facts(obj),
            *_reached(obj),
            Fact("Trigger", format_html("<code>{}</code>", obj.trigger or "none")),
            Fact("Flow and node", format_html("{} · <code>{}</code>", obj.flow_key, obj.node)),
            Fact("Environment", obj.environment.name),
            Fact("Made", marks.instant(obj.created_at)),
        ]
        refused = [
            [str(one.count), one.sentence, str(one.status), marks.ago(one.last_at)]
            for one in obj.refusals.all()[:_LATEST]
        ]
        events = [
            [
                _link("event", one.pk, one.title or marks.short(one.key)),
                marks.ago(one.received_at),
                str(one.duplicates),
            ]
            for one in _latest_events(obj)
        ]
        return Page(
            title=str(obj),
            badge=self.state_mark(obj),
            tools=[*self.pause_tools(request, obj), *self.backfill_tools(request, obj)],
            modules=[
                Module("Endpoint", "it stays when a new release is deployed", facts=facts),
                *poll_modules(obj),
                Module("Newest events", table=Table([Column("Event"), Column("Arrived"), Column("Sent again", right=True)], events, "Nothing arrived yet.")),
                Module("Turned away", table=Table([Column("Calls", right=True), Column("Why"), Column("Status"), Column("Last")], refused, "Nothing was turned away.")),
                Module("Trigger settings", body=pretty(obj.config)),
            ],
        )  # fmt: skip


@admin.register(Refusal)
class RefusalAdmin(FactsAdmin[Refusal]):
    view_action = "endpoint.view"
    environment_path = "endpoint__environment"
    list_display = ("sentence_mark", "count", "status", "place", "last_seen")
    list_display_links = ("sentence_mark",)
    list_filter = ("code",)
    list_select_related = ("endpoint__environment",)
    search_fields = ("path", "sentence", "remote")
    search_help_text = "Path, reason or address"

    @admin.display(description="why")
    def sentence_mark(self, refusal: Refusal) -> SafeString:
        return format_html('{}<span class="sub mono">{}</span>', refusal.sentence, refusal.code)

    @admin.display(description="endpoint")
    def place(self, refusal: Refusal) -> str:
        return str(refusal.endpoint) if refusal.endpoint else "unpublished path"

    @admin.display(description="last")
    def last_seen(self, refusal: Refusal) -> SafeString:
        return marks.ago(refusal.last_at)

    def page(self, request: HttpRequest, obj: Refusal) -> Page:
        endpoint = (
            _link("endpoint", obj.endpoint_id, str(obj.endpoint))
            if obj.endpoint_id
            else "none: unpublished path"
        )
        facts = [
            Fact("Calls", str(obj.count)),
            Fact("Answered with", f"{obj.status}, {obj.code}"),
            Fact("Endpoint", endpoint),
            Fact("Path", format_html("<code>/in/{}/</code>", obj.path)),
            Fact("Last caller", format_html("<code>{}</code>", obj.remote or "not known")),
            Fact(
                "First and last",
                format_html("{}<br>{}", marks.instant(obj.first_at), marks.instant(obj.last_at)),
            ),
        ]
        calls = "1 call" if obj.count == 1 else f"{obj.count} calls"
        where = f"to {obj.endpoint}" if obj.endpoint else "to an unpublished path"
        return Page(
            title=f"{calls} {where}", modules=[Module(obj.sentence, "no run was made of them", facts=facts)]
        )


def _reached(endpoint: Endpoint) -> list[Fact]:
    """How events get here: by a call of the far system, by looking, or by the clock."""
    if endpoint.kind == "schedule":
        schedule = Schedule.objects.filter(endpoint=endpoint).first()
        return [Fact("Starts", _link("schedule", schedule.pk, schedule.description))] if schedule else []
    if endpoint.kind == "poll":
        return []
    registered = (
        "yes"
        if endpoint.registration
        else endpoint.announce_note or "not yet; a worker tells it within seconds"
    )
    url = format_html("<code>{}</code>", public_url(endpoint))
    return [Fact("Public URL", url), Fact("Registered in the far system", registered)]


def _latest_events(endpoint: Endpoint) -> QuerySet[Event]:
    """By flow and environment, as the index has them."""
    same = Event.objects.filter(flow_key=endpoint.flow_key, environment=endpoint.environment_id)
    return aside(same, endpoint=endpoint.pk).order_by("-id").defer("data")[:_LATEST]


def public_url(endpoint: Endpoint) -> str:
    """Where the far system calls."""
    return f"{settings.PUBLIC_URL}/in/{endpoint.path}/"


def _times(event: Event) -> SafeString | str:
    if not event.duplicates:
        return "no"
    times = "once" if event.duplicates == 1 else f"{event.duplicates} times"
    return format_html("{}, last {}; ignored", times, marks.ago(event.last_duplicate_at))


def _data(event: Event) -> Any:
    try:
        return codec.unpack(event.data)
    except codec.Unreadable as problem:
        return {"$unreadable": str(problem)}


def _link(model: str, pk: int, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(f"admin:integrations_{model}_change", args=[pk]), text)
