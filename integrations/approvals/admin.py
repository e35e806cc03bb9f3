"""Questions in the admin: what waits, and a page to decide on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.access.authorise import authorise, can
from integrations.approvals.decide import NotWaiting, WrongAnswer, decide, decide_action
from integrations.approvals.models import Approval
from integrations.approvals.typed_form import answer_of, fields_of, shown_answer
from integrations.console import looks, marks
from integrations.console.large import CheckedFlow, LargeTable
from integrations.console.lists import KeysetChangeList
from integrations.console.pages import Fact, FactsAdmin
from integrations.console.typed import ModelAdmin
from integrations.payloads import codec

__all__ = ["ApprovalAdmin"]


class StateFilter(SimpleListFilter):
    """What waits, unless another state is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Iterable[tuple[str, str]]:
        return [*Approval.State.choices[1:], ("all", "All")]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for number, choice in enumerate(super().choices(changelist)):
            yield choice if number else {**choice, "display": "Waiting"}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Approval]) -> QuerySet[Approval]:
        state = self.value()
        return queryset if state == "all" else queryset.filter(state=state or Approval.State.WAITING)


@admin.register(Approval)
class ApprovalAdmin(LargeTable, FactsAdmin[Approval]):
    view_action = "approval.view"
    list_display = ("asked", "state_mark", "who", "where", "when", "until")
    list_display_links = ("asked",)
    list_filter = (StateFilter, CheckedFlow)
    list_select_related = ("environment", "run")
    search_fields = ("title",)
    search_help_text = "Question"
    page_template = "admin/approval.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        return super().get_queryset(request).select_related("environment", "run").defer("run__input_edit")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        nothing = {"empty_title": "Nothing to decide", "empty_text": "No run waits for somebody's decision."}
        return super().changelist_view(request, {**nothing, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/decide/", wrap(self.decide_view), name="approval-decide"),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self._page(request, self.found(request, object_id))

    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Approve or reject with what was typed; a wrong answer shows the page again with what is wrong."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        one = self.found(request, object_id)
        authorise(request, decide_action(one), one.environment, target=f"approval {one.pk}")
        approve = "approve" in request.POST
        try:
            decide(
                one.pk,
                approve=approve,
                answer=answer_of(one.form, request.POST.dict()) if approve else None,
                by=request,
                note=request.POST.get("note", "").strip(),
            )
        except NotWaiting as late:
            messages.warning(request, f"{late} Nothing was changed.")
        except WrongAnswer as wrong:
            problems = {pointer.lstrip("/"): sentence for pointer, sentence in wrong.findings}
            return self._page(request, one, request.POST.dict(), problems)
        else:
            messages.success(request, f"{'Approved' if approve else 'Rejected'}. The run goes on.")
        return HttpResponseRedirect(_url(one))

    def _page(
        self,
        request: HttpRequest,
        one: Approval,
        typed: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        waits = one.state == Approval.State.WAITING
        message = codec.unpack(one.message)
        context = {
            **self.page_context(request, one),
            "approval": one,
            "badge": marks.badge(looks.APPROVAL[one.state]),
            "message": codec.instead(message) or message,
            "facts": _facts(one),
            "answered": shown_answer(one.form, codec.unpack(one.answer)),
            "fields": fields_of(one.form, typed, problems) if waits else [],
            "problems": problems or {},
            "note": (typed or {}).get("note", ""),
            "may_decide": waits and can(request, decide_action(one), one.environment),
            "role": one.get_role_display().lower(),
        }
        return TemplateResponse(request, self.page_template, context)

    @admin.display(description="question")
    def asked(self, one: Approval) -> SafeString:
        return format_html(
            '<b class="clamp" title="{0}">{0}</b><span class="sub">{1}</span>', one.title, one.flow_key
        )

    @admin.display(description="state")
    def state_mark(self, one: Approval) -> SafeString:
        mark = marks.status(looks.APPROVAL[one.state])
        return format_html('{}<span class="sub">{}</span>', mark, one.decided_by) if one.decided_by else mark

    @admin.display(description="who decides")
    def who(self, one: Approval) -> str:
        return one.get_role_display()

    @admin.display(description="environment")
    def where(self, one: Approval) -> str:
        return one.environment.key

    @admin.display(description="asked")
    def when(self, one: Approval) -> SafeString:
        return marks.ago(one.asked_at)

    @admin.display(description="expires")
    def until(self, one: Approval) -> SafeString | str:
        return marks.instant(one.expires_at, seconds=False) if one.expires_at else "never"


def _facts(one: Approval) -> list[Fact]:
    run = format_html(
        '<a href="{}">{}</a>', reverse("admin:integrations_run_change", args=[one.run_id]), one.run
    )
    facts = [
        Fact("Run", run),
        Fact("Flow and step", format_html("{} · <code>{}</code>", one.flow_key, one.path)),
        Fact("Who decides", one.get_role_display()),
        Fact("Asked", marks.instant(one.asked_at)),
        Fact("Expires", marks.instant(one.expires_at, seconds=False) if one.expires_at else "never"),
    ]
    if one.decided_at is not None:
        facts.append(Fact(one.get_state_display(), marks.instant(one.decided_at)))
    if one.decided_by:
        facts.append(Fact("By", one.decided_by))
    return facts


def _url(one: Approval) -> str:
    return reverse("admin:integrations_approval_change", args=[one.pk])
