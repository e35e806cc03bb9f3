"""Undoing an effect in the admin: previewed in words and numbers, authorised and audited as through the API."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connectors.sdk.errors import Failure
from connectors.sdk.operation import Remedy
from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.access.authorise import authorise
from integrations.console import marks
from integrations.console.pages import Fact, FactsAdmin, Module, Tool
from integrations.effects import previews, undoing
from integrations.effects.models import Effect, Undoing
from integrations.effects.step import name_of

__all__ = ["UndoActs", "undo_module", "undo_tool"]

_STATES = {
    Undoing.State.ASKED: "Asked for; it is carried out in the background",
    Undoing.State.HELD: "Held: it takes a person",
    Undoing.State.DONE: "Done",
}


class UndoActs(FactsAdmin[Effect]):
    """The address under one effect where undoing it is previewed and asked for."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/undo/", wrap(self.undo_view), name="effect-undo"),
            *super().get_urls(),
        ]

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what would be written, and on confirmation ask for it; a drain carries it out."""
        effect = self.found(request, object_id)
        if request.method == "POST":
            authorise(request, "effect.undo", self.environment_of(effect), target=f"effect {effect.pk}")
        if not _may_be_asked(effect):
            messages.warning(request, "There is nothing to undo here (any more). Nothing was changed.")
            return HttpResponseRedirect(_page(effect))
        reason = request.POST.get("note", "").strip()[:500]
        if request.method != "POST" or not reason:
            problem = "Give a reason first. Nothing was changed." if request.method == "POST" else ""
            return self._preview(request, effect, problem)
        with transaction.atomic():
            previews.ask(
                effect, by=actor_of(request).name, reason=reason, seen=request.POST.get("seen", "")[:64]
            )
            where = self.environment_of(effect)
            record(request, "effect.undo", f"effect {effect.pk}", environment=where, note=reason)
        messages.success(
            request, "Asked for. It is carried out in the background, once; this page shows how far it is."
        )
        return HttpResponseRedirect(_page(effect))

    def _preview(self, request: HttpRequest, effect: Effect, problem: str) -> HttpResponse:
        try:
            remedy = previews.preview(effect)
        except Failure as failure:
            messages.warning(request, f"{failure.sentence} Nothing was changed.")
            return HttpResponseRedirect(_page(effect))
        context: dict[str, Any] = {
            **self.page_context(request, effect),
            **_confirmation(remedy),
            "hidden": [("seen", undoing.digest_of(remedy))],
            "problem": problem,
            "wants_note": True,
            "note_needed": True,
            "danger": True,
            "keep": "Leave it as it is",
            "back": _page(effect),
        }
        return TemplateResponse(request, "admin/confirm.html", context, status=422 if problem else 200)


def undo_tool(effect: Effect) -> list[Tool]:
    """The link to the preview, where there is something to undo."""
    if not _may_be_asked(effect):
        return []
    title = previews.title_of(effect) or ""
    return [Tool(f"{title}…", reverse("admin:effect-undo", args=[effect.pk]))]


def undo_module(effect: Effect) -> list[Module]:
    """What was asked and what came of it."""
    asked = undoing.of(effect)
    if asked is None:
        return []
    facts = [
        Fact("State", _STATES[Undoing.State(asked.state)]),
        Fact("Asked by", asked.by),
        Fact("Reason", asked.reason),
        Fact("Asked", marks.instant(asked.asked_at)),
        Fact("Undone by", _done_by(asked)),
    ]
    return [Module("Undoing", asked.note, facts=facts)]


def _may_be_asked(effect: Effect) -> bool:
    asked = undoing.of(effect)
    return undoing.is_offered(effect) and (asked is None or asked.state == Undoing.State.HELD)


def _confirmation(remedy: Remedy) -> dict[str, Any]:
    amounts = [("net", remedy.net), ("tax", remedy.tax), ("total", remedy.total)]
    lines = [
        " · ".join(part for part in (line.text, line.quantity and f"{line.quantity} ×", line.net) if part)
        for line in remedy.lines
    ]
    return {
        "title": f"{remedy.title}?",
        "sentences": [remedy.sentence, "It happens once, however often it is asked for."],
        "counts": [
            {"value": f"{value} {remedy.currency}", "title": title} for title, value in amounts if value
        ],
        "groups": [{"title": f"Lines, reference {remedy.reference}", "items": lines}],
        "act": remedy.title,
    }


def _done_by(asked: Undoing) -> SafeString | str:
    if asked.done_by is None:
        return "nothing yet" if asked.state != Undoing.State.DONE else "nothing needed to be written"
    return format_html('<a href="{}">{}</a>', _page(asked.done_by), name_of(asked.done_by))


def _page(effect: Effect) -> str:
    return reverse("admin:integrations_effect_change", args=[effect.pk])
