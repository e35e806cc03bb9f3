"""The audit trail in the admin: who did, or tried to do, what to what. Nobody can change it here."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.access.actions import roles_for
from integrations.access.actor import actor_of
from integrations.access.authorise import visible_environments
from integrations.access.models import AuditEntry
from integrations.console import marks
from integrations.console.json_text import pretty
from integrations.console.large import LargeTable
from integrations.console.lists import KeysetChangeList
from integrations.console.pages import Fact, FactsAdmin, Module, Page
from integrations.console.typed import ModelAdmin
from integrations.keyset import aside, newest

__all__ = ["AuditEntryAdmin"]


class WhereFilter(SimpleListFilter):
    """By the environment's key, which the entry keeps as text."""

    title = "environment"
    parameter_name = "environment"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Iterable[tuple[str, str]]:
        return [(one.key, one.name) for one in visible_environments(request, "audit.view")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(environment=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(LargeTable, FactsAdmin[AuditEntry]):
    view_action = "audit.view"
    environment_path = ""
    list_display = ("at_shown", "actor", "action_shown", "target", "environment", "note")
    list_display_links = ("at_shown",)
    list_filter = ("allowed", WhereFilter)
    looked_through = ("allowed__exact",)
    flows = False
    search_fields = ("actor", "target", "action")
    search_help_text = "Who, what or which, lately"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Entries of no environment are for those who may read all of it."""
        rows = super().get_queryset(request)
        if roles_for("audit.view") & actor_of(request).roles_in(None):
            return rows
        keys = visible_environments(request, "audit.view").values_list("key", flat=True)
        return aside(rows, environment=list(keys))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """Among the newest entries."""
        found, doubled = super().get_search_results(request, queryset, search_term)
        return (newest(found) if search_term else found), doubled

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    @admin.display(description="when")
    def at_shown(self, entry: AuditEntry) -> SafeString:
        return marks.instant(entry.at)

    @admin.display(description="what")
    def action_shown(self, entry: AuditEntry) -> SafeString:
        refused = "" if entry.allowed else marks.badge(marks.Look("bad", "ban", "Refused"))
        return format_html("<code>{}</code> {}", entry.action, refused)

    def page(self, request: HttpRequest, obj: AuditEntry) -> Page:
        facts = [
            Fact("When", marks.instant(obj.at)),
            Fact("Who", obj.actor),
            Fact("What", format_html("<code>{}</code>", obj.action)),
            Fact("Which", obj.target),
            Fact("Environment", obj.environment or "none"),
            Fact("Allowed", "yes" if obj.allowed else "no, it was refused"),
            Fact("Note", obj.note or "none"),
        ]
        return Page(
            title=str(obj), modules=[Module("Entry", facts=facts), Module("Details", body=pretty(obj.data))]
        )
