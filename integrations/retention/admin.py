"""Retention in the admin: what is kept for how long and how far removal has come; and legal holds."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.access.authorise import authorise, can
from integrations.console import marks
from integrations.console.environments import chosen, visible
from integrations.console.pages import Column, Fact, FactsAdmin, Module, Page, Table, Tool
from integrations.console.permissions import RoleAdmin
from integrations.console.typed import ModelForm
from integrations.retention.holds import release
from integrations.retention.kept import KEPT
from integrations.retention.models import Hold, RetentionMark
from integrations.retention.report import COUNTED, ClassReport, FlowReport, reports
from integrations.runs.models import Run

__all__ = ["HoldAdmin", "RetentionAdmin"]

_SAYS = {"flow": "the flow says so", "environment": "the environment says so", "installation": ""}
_COLUMNS = (
    Column("Class"),
    Column("Kept after the end"),
    Column("Removed", right=True),
    Column("Last"),
    Column("Runs due", right=True),
)


@admin.register(RetentionMark)
class RetentionAdmin(RoleAdmin[RetentionMark]):
    """One page instead of a list: every flow with its classes."""

    view_action = "retention.view"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        one = chosen(request)
        modules = [_module(flow) for flow in reports([one] if one else visible(request))]
        rows = [[_named(table), statement] for table, statement in KEPT.items()]
        modules.append(
            Module("Every table", table=Table([Column("Rows"), Column("What becomes of them")], rows))
        )
        page = Page(title="Retention", modules=modules)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "page": page,
            "title": "Retention",
        }
        return TemplateResponse(request, "admin/facts.html", {**context, **(extra_context or {})})

    def has_view_permission(self, request: HttpRequest, obj: RetentionMark | None = None) -> bool:
        """The page, not its rows."""
        return obj is None and super().has_view_permission(request, obj)


class HoldForm(ModelForm[Hold]):
    class Meta:
        model = Hold
        fields = ("environment", "flow_key", "run_number", "reason")
        labels = {"flow_key": "Flow", "run_number": "Run"}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        number, where = given.get("run_number"), given.get("environment")
        if number and where and not Run.objects.filter(pk=number, environment=where).exists():
            self.add_error("run_number", ValidationError(f"There is no run {number} in {where.name}."))
        return given


@admin.register(Hold)
class HoldAdmin(FactsAdmin[Hold]):
    """Placed once, released once; both are written down."""

    form = HoldForm
    view_action = "retention.view"
    add_action = "retention.hold"
    list_display = ("named", "where", "reason", "placed", "state_mark")
    list_display_links = ("named",)
    list_select_related = ("environment",)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = path("<path:object_id>/release/", wrap(self.release_view), name="hold-release")
        return [own, *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A new one has a form; one that is there has a page."""
        if object_id is None:
            return RoleAdmin.changeform_view(self, request, object_id, form_url, extra_context)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Hold, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        authorise(request, "retention.hold", obj.environment, target=str(obj))
        obj.placed_by, obj.placed_at = actor_of(request).name, timezone.now()
        super().save_model(request, obj, form, change)

    def release_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what releasing does; on confirmation release."""
        hold = self.found(request, object_id)
        here = reverse("admin:integrations_hold_change", args=[hold.pk])
        if request.method != "POST":
            context = {
                **self.page_context(request, hold),
                "title": "Release this hold?",
                "sentences": [
                    "What it keeps is removed when it is past its time, from tomorrow at the latest."
                ],
                "act": "Release",
                "keep": "Keep holding",
                "danger": True,
                "back": here,
            }
            return TemplateResponse(request, "admin/confirm.html", context)
        authorise(request, "retention.hold", hold.environment, target=str(hold))
        if release(hold, actor_of(request).name):
            record(request, "retention.hold", f"{hold} released", environment=hold.environment)
            messages.success(request, "Released.")
        else:
            messages.warning(request, "It had been released before. Nothing was changed.")
        return HttpResponseRedirect(here)

    @admin.display(description="hold")
    def named(self, hold: Hold) -> str:
        return str(hold)

    @admin.display(description="environment")
    def where(self, hold: Hold) -> str:
        return hold.environment.key

    @admin.display(description="placed")
    def placed(self, hold: Hold) -> SafeString:
        return format_html('{}<span class="sub">{}</span>', marks.ago(hold.placed_at), hold.placed_by)

    @admin.display(description="state")
    def state_mark(self, hold: Hold) -> SafeString:
        return marks.status(_look(hold))

    def page(self, request: HttpRequest, obj: Hold) -> Page:
        facts = [
            Fact("Environment", obj.environment.name),
            Fact("Flow", obj.flow_key or "every flow"),
            Fact("Run", str(obj.run_number) if obj.run_number else "every run"),
            Fact("Reason", obj.reason),
            Fact("Placed", format_html("{} by {}", marks.instant(obj.placed_at), obj.placed_by)),
        ]
        if obj.released_at is not None:
            facts.append(
                Fact("Released", format_html("{} by {}", marks.instant(obj.released_at), obj.released_by))
            )
        may = obj.released_at is None and can(request, "retention.hold", obj.environment)
        url = reverse("admin:hold-release", args=[obj.pk])
        return Page(
            title=str(obj),
            badge=marks.badge(_look(obj)),
            modules=[Module("Hold", "nothing it covers is removed while it stands", facts=facts)],
            tools=[Tool("Release", url)] if may else [],
        )


def _look(hold: Hold) -> marks.Look:
    if hold.released_at is None:
        return marks.Look("warn", "lock", "Stands")
    return marks.Look("", "circle-check", "Released")


def _module(flow: FlowReport) -> Module:
    note = f"{flow.environment}{', held: nothing is removed' if flow.held else ''}"
    return Module(flow.flow_key, note, table=Table(_COLUMNS, [_row(one) for one in flow.classes]))


def _row(one: ClassReport) -> list[SafeString | str]:
    says = _SAYS[one.kept.says]
    kept = (
        format_html('{} days<span class="sub">{}</span>', one.kept.days, says)
        if says
        else f"{one.kept.days} days"
    )
    due = f"{COUNTED:,}+" if one.due >= COUNTED else f"{one.due:,}"
    return [one.klass.label, kept, f"{one.removed:,}", marks.ago(one.last_at), due]


def _named(table: str) -> str:
    return table.rpartition(".")[2]
