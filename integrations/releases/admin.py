"""Releases in the admin: what runs where, what it needs, and the switch between them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.access.authorise import authorise, can
from integrations.console import marks
from integrations.console.filters import FlowFilter
from integrations.console.json_text import pretty
from integrations.console.names import operation_title
from integrations.console.pages import Column, Fact, FactsAdmin, Module, Page, Table, Tool
from integrations.releases.activate import activate, deactivate
from integrations.releases.models import Binding, Release

__all__ = ["ReleaseAdmin"]


@admin.register(Release)
class ReleaseAdmin(FactsAdmin[Release]):
    view_action = "release.view"
    list_display = ("named", "where", "state_mark", "from_version", "made", "created_by")
    list_display_links = ("named",)
    list_filter = ("active", FlowFilter)
    list_select_related = ("environment",)
    search_fields = ("flow_key", "flow_name")
    search_help_text = "Flow"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        return super().get_queryset(request).select_related("environment").defer("graph", "layout")

    def get_urls(self) -> list[URLPattern]:
        switch = self.admin_site.admin_view(self.switch_view)
        return [path("<path:object_id>/switch/", switch, name="release-switch"), *super().get_urls()]

    @admin.display(description="release")
    def named(self, release: Release) -> SafeString:
        return format_html('<b>{}</b><span class="sub">r{}</span>', release.flow_name, release.number)

    @admin.display(description="environment")
    def where(self, release: Release) -> str:
        return release.environment.key

    @admin.display(description="state")
    def state_mark(self, release: Release) -> SafeString:
        return marks.status(_look(release))

    @admin.display(description="version")
    def from_version(self, release: Release) -> str:
        return f"v{release.version}"

    @admin.display(description="made")
    def made(self, release: Release) -> SafeString:
        return marks.ago(release.created_at)

    def page(self, request: HttpRequest, obj: Release) -> Page:
        facts = [
            Fact("Flow", format_html('<a href="/flows/{}">{}</a>', obj.flow_key, obj.flow_name)),
            Fact("Environment", obj.environment.name),
            Fact("Compiled from", f"version {obj.version}"),
            Fact(
                "Made", format_html("{} by {}", marks.instant(obj.created_at), obj.created_by or "the system")
            ),
            Fact("Digest", format_html("<code>{}</code>", obj.digest[:16])),
        ]
        steps = [
            [
                str(one.get("name") or one["id"]),
                _does(one),
                str(one.get("slot") or ""),
            ]
            for one in obj.plan.get("steps", [])
        ]
        tools = [Tool("View on canvas", f"/flows/{obj.flow_key}", "workflow")]
        if can(request, "release.deploy", obj.environment):
            url = reverse("admin:release-switch", args=[obj.pk])
            tools.append(Tool("Stop taking events" if obj.active else "Make it active", url, "play"))
        return Page(
            title=f"{obj.flow_name}, r{obj.number}",
            badge=marks.badge(_look(obj)),
            subtitle=obj.flow_key,
            tools=tools,
            modules=[
                Module("Release", "immutable; runs finish on the release they began with", facts=facts),
                _needs(obj),
                Module(
                    "Steps", table=Table([Column("Step"), Column("Does"), Column("Slot")], steps, "No steps.")
                ),
                Module("Settings", body=pretty(obj.plan.get("settings", {}))),
            ],
        )

    def switch_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Activate or stop the release, after saying what that means."""
        release = self.found(request, object_id)
        back = reverse("admin:integrations_release_change", args=[release.pk])
        if request.method != "POST":
            context = {**self.page_context(request, release), **_switch_context(release), "back": back}
            return TemplateResponse(request, "admin/confirm.html", context)
        target = f"{release.flow_key} r{release.number}"
        authorise(request, "release.deploy", release.environment, target=target)
        if release.active:
            deactivate(release, request)
            messages.success(request, "It takes no events any more. What runs goes on.")
        else:
            activate(release, request)
            messages.success(request, "New events run on this release.")
        return HttpResponseRedirect(back)


def _look(release: Release) -> marks.Look:
    return (
        marks.Look("ok", "play", "Active") if release.active else marks.Look("", "circle-pause", "Not active")
    )


def _does(step: dict[str, Any]) -> str:
    """The operation by its title, or the kind of step."""
    operation = (step.get("params") or {}).get("operation")
    return operation_title(str(operation)) if operation else str(step.get("type", ""))


def _needs(release: Release) -> Module:
    """The slots with what is bound to them, and the tables."""
    needs = release.plan.get("needs", {})
    bound = {
        one.slot: one.connection
        for one in Binding.objects.filter(environment_id=release.environment_id).select_related("connection")
    }
    rows: list[list[SafeString | str]] = []
    for slot, connector in dict(needs.get("slots") or {}).items():
        connection = bound.get(slot)
        rows.append([f"slot {slot}", str(connector), connection.name if connection else "nothing is bound"])
    rows += [[f"table {key}", "mapping table", ""] for key in needs.get("tables") or []]
    rows += [[f"variable {key}", "variable", ""] for key in needs.get("variables") or []]
    table = Table([Column("Needs"), Column("Of kind"), Column("Has")], rows, "Nothing.")
    return Module("Needs", "from its environment", table=table)


def _switch_context(release: Release) -> dict[str, Any]:
    if release.active:
        return {
            "title": f"Stop taking events for {release.flow_name}?",
            "sentences": ["Its endpoints answer as if nothing listened. Runs that began go on to their end."],
            "act": "Stop taking events",
            "danger": True,
        }
    return {
        "title": f"Make r{release.number} of {release.flow_name} active?",
        "sentences": [
            "New events run on it from now on; the release that was active takes none any more.",
            "Runs that began finish on their own release. The public addresses stay as they are.",
        ],
        "act": "Make it active",
    }
