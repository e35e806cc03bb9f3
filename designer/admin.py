"""Flows in the admin: what was drawn, its versions, and where they run. Drawing happens in the designer."""

from django.contrib import admin
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from designer.models import Flow
from integrations.access.authorise import visible_environments
from integrations.console import marks
from integrations.console.pages import Column, Fact, FactsAdmin, Module, Page, Table, Tool
from integrations.releases.models import Release

__all__ = ["FlowAdmin"]


@admin.register(Flow)
class FlowAdmin(FactsAdmin[Flow]):
    view_action = "flow.view"
    environment_path = ""
    list_display = ("named", "versions_made", "template", "made")
    list_display_links = ("named",)
    search_fields = ("name", "key", "description")
    search_help_text = "Name or key"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flow]:
        return (
            super()
            .get_queryset(request)
            .annotate(made_versions=Count("versions"), newest=Max("versions__number"))
        )

    @admin.display(description="flow")
    def named(self, flow: Flow) -> SafeString:
        return format_html('<b>{}</b><span class="sub">{}</span>', flow.name, flow.description or flow.key)

    @admin.display(description="versions")
    def versions_made(self, flow: Flow) -> str:
        newest = getattr(flow, "newest", None)
        return f"v{newest}" if newest else "none yet"

    @admin.display(description="made")
    def made(self, flow: Flow) -> SafeString:
        return marks.ago(flow.created_at)

    def page(self, request: HttpRequest, obj: Flow) -> Page:
        facts = [
            Fact("Key", format_html("<code>{}</code>", obj.key)),
            Fact("Description", obj.description or "none"),
            Fact("Installed from", obj.template or "drawn here"),
            Fact("Made", marks.instant(obj.created_at)),
        ]
        versions = obj.versions.defer("graph", "layout")[:50]
        rows = [
            [f"v{one.number}", one.note, one.created_by or "the system", marks.instant(one.created_at)]
            for one in versions
        ]
        table = Table(
            [Column("Version"), Column("Note"), Column("By"), Column("Made")], rows, "No version yet."
        )
        return Page(
            title=obj.name,
            tools=[Tool("Open in the designer", f"/flows/{obj.key}", "workflow")],
            modules=[Module("Flow", facts=facts), _runs_in(request, obj), Module("Versions", table=table)],
        )


def _runs_in(request: HttpRequest, flow: Flow) -> Module:
    """The active releases in the environments the person sees."""
    seen = visible_environments(request, "release.view")
    active = Release.objects.filter(flow_key=flow.key, active=True, environment__in=seen).select_related(
        "environment"
    )
    rows = [
        [
            one.environment.name,
            format_html(
                '<a href="{}">r{}</a>',
                reverse("admin:integrations_release_change", args=[one.pk]),
                one.number,
            ),
            f"v{one.version}",
        ]
        for one in active.defer("plan", "graph", "layout")
    ]
    table = Table([Column("Environment"), Column("Release"), Column("Version")], rows, "It runs nowhere.")
    return Module("Runs in", table=table)
