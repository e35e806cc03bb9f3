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
from integrations.failures.admin_page import FailurePage, money_list, page_of
from integrations.failures.group_plan import group_plan
from integrations.failures.missing_row import add_missing, missing_of
from integrations.failures.models import Failure
from integrations.failures.snooze import open_again, snooze
from integrations.failures.stakes import Stake, with_stakes
from integrations.mapping.values import RowRefused

__all__ = ["FailureActs", "act_on", "confirmation"]

_SAYS = {
    "retry": "Each run goes on at the step where it stopped. What is recorded is never done twice; effects whose outcome "
    "is unknown are looked up first.",
    "resolve": "The group is closed. Runs that still wait keep waiting and can be retried one by one.",
    "ignore": "The waiting runs are cancelled. What they wrote stays written; what they did not write will not be written.",
}
_SNOOZES = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
_ACTIONS = {"retry": "run.retry", "resolve": "failure.triage", "ignore": "failure.triage"}


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
                for act in _ACTIONS
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
        messages.success(request, act_on(request, act, [failure]))
        return HttpResponseRedirect(page_url(failure))

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


def act_on(request: HttpRequest, act: str, failures: Sequence[Failure]) -> str:
    """Retry, resolve or ignore these groups, each authorised and audited. Returns what happened, for people."""
    by, retried, gone = actor_of(request).name, 0, 0
    for failure in failures:
        authorise(request, _ACTIONS[act], failure.environment, target=f"failure {failure.pk}")
        note = "resolved"
        if act == "retry":
            went_on, skipped = actions.retry_all(failure, by=by)
            retried, gone = retried + went_on, gone + len(skipped)
            note = f"retried {went_on} runs (step)"
        elif act == "resolve":
            actions.resolve(failure, by)
        else:
            actions.ignore(failure, by)
            note = _with_reason(failure, request.POST.get("note", "").strip())
        record(request, "failure.triage", f"failure {failure.pk}", environment=failure.environment, note=note)
    return _said(act, len(failures), retried, gone)


def confirmation(act: str, stakes: Sequence[Stake]) -> dict[str, Any]:
    """Context of `admin/confirm.html`: the act in counts and money."""
    parked = sum(stake.parked for stake in stakes)
    what = "this failure" if len(stakes) == 1 else f"{len(stakes)} failures"
    titles = {
        "retry": f"Retry {_runs(parked)}?",
        "resolve": f"Resolve {what}?",
        "ignore": f"Ignore {what} and cancel {_runs(parked)}?",
    }
    return {
        "title": titles[act],
        "sentences": [_SAYS[act]],
        "counts": _counts(act, stakes, parked),
        "groups": [{"title": "", "items": [stake.failure.sentence for stake in stakes]}],
        "act": {"retry": f"Retry {parked}", "resolve": "Resolve", "ignore": f"Ignore and cancel {parked}"}[
            act
        ],
        "danger": act == "ignore",
        "wants_note": act == "ignore",
    }


def _counts(act: str, stakes: Sequence[Stake], parked: int) -> list[dict[str, Any]]:
    counts: list[tuple[Any, str]] = [(parked, "runs waiting")]
    counts += [(text, "at stake") for stake in stakes if (text := money_list(stake))]
    if act == "retry":
        plan = group_plan([stake.failure for stake in stakes])
        counts += [
            (plan.reused, "steps reused"),
            (plan.again, "steps run again"),
            (plan.confirmed, "effects done, skipped"),
            (plan.unknown, "effects looked up first"),
        ]
    return [{"value": value, "title": title} for value, title in counts]


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


def _with_reason(failure: Failure, reason: str) -> str:
    """What the audit trail says of an ignored group; the reason also goes to the group's own note."""
    if not reason:
        return "ignored"
    actions.note(failure, f"{failure.note}\nIgnored: {reason}".strip())
    return f"ignored: {reason}"


def _said(act: str, groups: int, retried: int, gone: int) -> str:
    if act != "retry":
        word = "Resolved" if act == "resolve" else "Ignored"
        return f"{word} {groups} {'failure' if groups == 1 else 'failures'}."
    rest = f" {_runs(gone)} were not waiting any more." if gone else ""
    return f"{_runs(retried)} {'goes' if retried == 1 else 'go'} on.{rest}"


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"
