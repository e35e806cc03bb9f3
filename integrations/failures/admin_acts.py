"""What a person does about a failure in the admin: retry, add the missing row, note, own, snooze, resolve, ignore."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.access.authorise import authorise
from integrations.console import looks
from integrations.console.pages import FactsAdmin
from integrations.failures import actions
from integrations.failures.admin_groups import ACTS, act_on, confirmation
from integrations.failures.admin_page import FailurePage, page_of
from integrations.failures.decisions import ReasonNeeded
from integrations.failures.missing_row import add_missing, missing_of
from integrations.failures.models import Failure
from integrations.failures.snooze import open_again, snooze
from integrations.failures.stakes import with_stakes
from integrations.mapping.values import RowRefused

__all__ = ["FailureActs"]

_SNOOZES = {"day": timedelta(days=1), "week": timedelta(weeks=1)}


class FailureActs(FactsAdmin[Failure]):
    """The addresses under one failure. Every change is authorised and audited."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/add-row/", wrap(self.add_row_view), name="failure-add-row"),
            path("<path:object_id>/note/", wrap(self.note_view), name="failure-note"),
            path("<path:object_id>/snooze/", wrap(self.snooze_view), name="failure-snooze"),
            *(
                path(f"<path:object_id>/{act}/", wrap(self.act_view), {"act": act}, name=f"failure-{act}")
                for act in ACTS
            ),
            *super().get_urls(),
        ]

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """Say what the act does in counts and money; do it on confirmation."""
        failure = self.found(request, object_id)
        if request.method != "POST":
            context = {
                **self.page_context(request, failure),
                **confirmation(act, with_stakes([failure])),
                "back": page_url(failure),
            }
            return TemplateResponse(request, "admin/confirm.html", context)
        try:
            messages.success(request, act_on(request, act, [failure]))
        except ReasonNeeded as missing:
            return self.ask_again(request, act, [failure], page_url(failure), str(missing))
        return HttpResponseRedirect(page_url(failure))

    def ask_again(
        self, request: HttpRequest, act: str, failures: Sequence[Failure], back: str, problem: str
    ) -> HttpResponse:
        """The same question, with what was missing in the answer."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            **confirmation(act, with_stakes(failures)),
            "problem": problem,
            "back": back,
        }
        return TemplateResponse(request, "admin/confirm.html", context, status=422)

    def add_row_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Add the missing row and, with the right to retry, let the waiting runs go on."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        failure = self.found(request, object_id)
        where = failure.environment
        authorise(request, "table.edit", where, target=f"table {failure.info.get('table')}")
        retries = "retry" in request.POST
        if retries:
            authorise(request, "run.retry", where, target=f"failure {failure.pk}")
        missing = missing_of(failure)
        if missing is None:
            messages.error(request, "The mapping table was removed or its key columns changed meanwhile.")
            return HttpResponseRedirect(page_url(failure))
        try:
            row = add_missing(missing, request.POST, request.user if request.user.is_authenticated else None)
        except RowRefused as refusal:
            return self.failure_page(request, failure, page_of(request, failure, request.POST), refusal)
        note = f"Added “{row}” for failure {failure.pk}"
        record(request, "table.edit", f"table {missing.table.key}", environment=where, note=note)
        said = act_on(request, "retry", [failure]) if retries else "Runs go on when an operator retries them."
        messages.success(request, f"Row “{missing.key_text}” added. {said}")
        return HttpResponseRedirect(page_url(failure))

    def note_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep a note for the next person, take the failure or give it back."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        failure = self.found(request, object_id)
        authorise(request, "failure.triage", failure.environment, target=f"failure {failure.pk}")
        actions.note(failure, request.POST.get("note", ""))
        owner = {"take": actor_of(request).user_id, "give": None}.get(
            request.POST.get("owner", ""), failure.owner_id
        )
        Failure.objects.filter(pk=failure.pk).update(owner_id=owner)
        record(
            request, "failure.triage", f"failure {failure.pk}", environment=failure.environment, note="noted"
        )
        messages.success(request, "Note kept.")
        return HttpResponseRedirect(page_url(failure))

    def snooze_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put the group out of sight for a day or a week, or bring it back."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        failure = self.found(request, object_id)
        authorise(request, "failure.triage", failure.environment, target=f"failure {failure.pk}")
        note = _snoozed(failure, request.POST.get("for", ""))
        if not note:
            messages.warning(request, f"This failure is {failure.state}. Nothing was changed.")
            return HttpResponseRedirect(page_url(failure))
        record(request, "failure.triage", f"failure {failure.pk}", environment=failure.environment, note=note)
        messages.success(request, f"{note.capitalize()}. Runs keep waiting.")
        return HttpResponseRedirect(page_url(failure))

    def failure_page(
        self, request: HttpRequest, failure: Failure, page: FailurePage, refusal: RowRefused | None = None
    ) -> HttpResponse:
        """Render the page; with `refusal`, the form is shown again with what is wrong."""
        context: dict[str, Any] = {
            **self.page_context(request, failure),
            "page": page,
            "failure": failure,
            "verdict_looks": looks.VERDICT,
            "state_looks": looks.FAILURE_STATE,
            "problems": {one.column: one.sentence for one in refusal.problems} if refusal else {},
        }
        status = 422 if refusal else 200
        return TemplateResponse(request, "admin/failure.html", context, status=status)


def page_url(failure: Failure) -> str:
    """The failure's page."""
    return reverse("admin:integrations_failure_change", args=[failure.pk])


def _snoozed(failure: Failure, wanted: str) -> str:
    """Put it out of sight, or bring it back; what was done, for the audit trail. "" = nothing."""
    if wanted == "none":
        return "opened again" if open_again(failure) else ""
    if wanted not in _SNOOZES or not snooze(failure, timezone.now() + _SNOOZES[wanted]):
        return ""
    return f"snoozed for a {wanted}"
