"""The failures inbox in the admin: groups by money at stake, and a page per group that leads to a fix."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from integrations.console import looks, marks
from integrations.console.filters import FlowFilter
from integrations.console.lists import RoleChangeList
from integrations.console.names import operation_title
from integrations.console.typed import ModelAdmin
from integrations.failures.admin_acts import FailureActs
from integrations.failures.admin_groups import act_on, confirmation
from integrations.failures.admin_page import page_of
from integrations.failures.decisions import ReasonNeeded
from integrations.failures.models import Failure
from integrations.failures.stakes import with_stakes
from integrations.runs.models import Run

__all__ = ["FailureAdmin"]


class StakeChangeList(RoleChangeList):
    """The page's groups get their parked runs and money in one query."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        for row, stake in zip(rows, with_stakes(rows), strict=True):
            row.stake_now = stake
        self.result_list = rows


class StateFilter(SimpleListFilter):
    """Open groups, unless another state is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Iterable[tuple[str, str]]:
        return [*Failure.State.choices[1:], ("all", "All")]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield (
                {**choice, "display": "Open"}
                if choice is not None
                and choice["display"] == "All"
                and not choice["query_string"].count("state=")
                else choice
            )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Failure]) -> QuerySet[Failure]:
        state = self.value()
        return queryset if state == "all" else queryset.filter(state=state or Failure.State.OPEN)


@admin.register(Failure)
class FailureAdmin(FailureActs):
    view_action = "failure.view"
    list_display = ("happened", "kind_mark", "state_mark", "where", "runs", "stake", "seen", "owner_name")
    list_display_links = ("happened",)
    list_filter = (StateFilter, "kind", "verdict", FlowFilter)
    list_select_related = ("environment", "owner")
    search_fields = ("sentence", "note", "flow_key")
    search_help_text = "Message, note or flow"
    actions = ("retry_groups", "resolve_groups", "give_up_groups", "ignore_groups")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Failure]:
        waiting = Run.objects.filter(failure=OuterRef("pk"), state=Run.State.PARKED).order_by()
        total = waiting.values("failure").annotate(total=Sum("amount")).values("total")
        rows = super().get_queryset(request).select_related("environment", "owner")
        return rows.annotate(weight=Subquery(total))

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        return [F("weight").desc(nulls_last=True), "-last_at", "-pk"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RoleChangeList]:
        return StakeChangeList

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Only those a person may do somewhere, and never Django's plain delete."""
        needed = {"retry_groups": "run.retry", "give_up_groups": "run.give_up"}
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return {
            name: one
            for name, one in found.items()
            if self.may(request, needed.get(name, "failure.triage"), None)
        }

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        good_news = {
            "empty_title": "Nothing needs you",
            "empty_text": "Everything went through or waits on its own.",
        }
        return super().changelist_view(request, {**good_news, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        failure = self.found(request, object_id)
        return self.failure_page(request, failure, page_of(request, failure))

    @admin.display(description="what happened")
    def happened(self, failure: Failure) -> SafeString:
        about = f"{failure.flow_key} · {operation_title(failure.operation) or failure.node}"
        return format_html(
            '<b class="clamp" title="{0}">{0}</b><span class="sub">{1}</span>', failure.sentence, about
        )

    @admin.display(description="class")
    def kind_mark(self, failure: Failure) -> SafeString:
        verdict = {"config": "setup", "data": "data"}.get(failure.verdict, "neither setup nor data")
        mark = marks.badge(looks.KIND.get(failure.kind, looks.KIND["bug"]))
        return format_html('{}<span class="sub">{}</span>', mark, verdict)

    @admin.display(description="state")
    def state_mark(self, failure: Failure) -> SafeString:
        mark = marks.status(looks.FAILURE_STATE[failure.state])
        if failure.state != Failure.State.SNOOZED:
            return mark
        return format_html('{}<span class="sub">until {}</span>', mark, marks.day(failure.snoozed_until))

    @admin.display(description="environment")
    def where(self, failure: Failure) -> str:
        return failure.environment.key

    @admin.display(description="runs")
    def runs(self, failure: Any) -> SafeString:
        stake = failure.stake_now
        blocks = format_html('<span class="sub">blocks {}</span>', stake.blocks) if stake.blocks else ""
        return format_html("{}{}", stake.parked, blocks)

    @admin.display(description="at stake")
    def stake(self, failure: Any) -> SafeString:
        amounts = failure.stake_now.money.items()
        return format_html_join(
            "", "<div>{}</div>", ((marks.money(amount, currency),) for currency, amount in amounts)
        )

    @admin.display(description="first and last seen")
    def seen(self, failure: Failure) -> SafeString:
        return format_html(
            '{}<span class="sub">{}</span>', marks.ago(failure.last_at), marks.ago(failure.first_at)
        )

    @admin.display(description="owner")
    def owner_name(self, failure: Failure) -> str:
        return failure.owner.get_username() if failure.owner else "Nobody"

    @admin.action(description="Retry")
    def retry_groups(self, request: HttpRequest, queryset: QuerySet[Failure]) -> HttpResponse | None:
        return self._confirmed(request, queryset, "retry")

    @admin.action(description="Resolve")
    def resolve_groups(self, request: HttpRequest, queryset: QuerySet[Failure]) -> HttpResponse | None:
        return self._confirmed(request, queryset, "resolve")

    @admin.action(description="Give up")
    def give_up_groups(self, request: HttpRequest, queryset: QuerySet[Failure]) -> HttpResponse | None:
        return self._confirmed(request, queryset, "give-up")

    @admin.action(description="Ignore")
    def ignore_groups(self, request: HttpRequest, queryset: QuerySet[Failure]) -> HttpResponse | None:
        return self._confirmed(request, queryset, "ignore")

    def _confirmed(self, request: HttpRequest, queryset: QuerySet[Failure], act: str) -> HttpResponse | None:
        groups, problem = list(queryset), ""
        if "confirmed" in request.POST:
            try:
                messages.success(request, act_on(request, act, groups))
            except ReasonNeeded as missing:
                problem = str(missing)
            else:
                return None
        chosen = [(ACTION_CHECKBOX_NAME, str(group.pk)) for group in groups]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            **confirmation(act, with_stakes(groups)),
            "hidden": [("action", f"{act.replace('-', '_')}_groups"), ("index", "0"), *chosen],
            "problem": problem,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/confirm.html", context, status=422 if problem else 200)
