"""The effect ledger and the cross-references in the admin: read only, what was meant, sent and came back."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from integrations.console import looks, marks
from integrations.console.json_text import pretty
from integrations.console.large import CheckedChoice, CheckedWord, LargeTable
from integrations.console.lists import KeysetChangeList
from integrations.console.names import operation_title
from integrations.console.pages import Column, Fact, FactsAdmin, Module, Page, Table
from integrations.effects.admin_undo import UndoActs, undo_module, undo_tool
from integrations.effects.content import meant
from integrations.effects.models import CrossReference, Effect
from integrations.payloads import codec

__all__ = ["CrossReferenceAdmin", "EffectAdmin"]

_FOUND = 1_000
"""A search shows so many at most."""


class KindFilter(CheckedWord):
    title = parameter_name = "kind"
    words = ("create", "update", "append", "delete")


@admin.register(Effect)
class EffectAdmin(LargeTable, UndoActs):
    view_action = "effect.view"
    list_display = ("identity_mark", "operation_mark", "state_mark", "far_mark", "amount_mark", "intended")
    list_display_links = ("identity_mark",)
    list_filter = (("state", CheckedChoice), KindFilter)
    looked_through = ("kind",)
    flows = False
    list_select_related = ("environment", "connection")
    search_fields = ("identity",)
    search_help_text = "Key, far id or mark, whole"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Effect]:
        rows = super().get_queryset(request).select_related("environment", "connection")
        return rows.defer("request", "output")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Effect], search_term: str
    ) -> tuple[QuerySet[Effect], bool]:
        """By any of its keys, by the far record's id, or by the mark that stands in it."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = (Q(mark=term), Q(far_id=term), Q(keys__key=term))
        ids = [pk for one in found for pk in Effect.objects.filter(one).values_list("pk", flat=True)[:_FOUND]]
        return queryset.filter(pk__in=ids), False

    def by(self, request: HttpRequest, rows: QuerySet[Effect]) -> list[QuerySet[Effect]] | None:
        """Whatever isn't confirmed is found by its state."""
        state = request.GET.get("state__exact")
        settled = Effect.State.CONFIRMED
        return [rows.exclude(state=settled).filter(state=state)] if state and state != settled else None

    @admin.display(description="once per")
    def identity_mark(self, effect: Effect) -> SafeString:
        again = f" · generation {effect.generation}" if effect.generation > 1 else ""
        return format_html(
            '{}<span class="sub">{}{}</span>', marks.short(effect.identity), effect.record, again
        )

    @admin.display(description="operation")
    def operation_mark(self, effect: Effect) -> SafeString:
        account = effect.connection.name if effect.connection else effect.account
        title = operation_title(effect.operation)
        return format_html(
            '<span title="{}">{}</span><span class="sub">{}</span>', effect.operation, title, account
        )

    @admin.display(description="state")
    def state_mark(self, effect: Effect) -> SafeString:
        return marks.status(looks.EFFECT[effect.state])

    @admin.display(description="far id")
    def far_mark(self, effect: Effect) -> SafeString:
        return marks.short(effect.far_id)

    @admin.display(description="amount")
    def amount_mark(self, effect: Effect) -> SafeString:
        return marks.money(effect.amount, effect.currency)

    @admin.display(description="intended")
    def intended(self, effect: Effect) -> SafeString:
        return marks.ago(effect.intended_at)

    def page_context(self, request: HttpRequest, obj: Effect) -> dict[str, Any]:
        return {
            **super().page_context(request, obj),
            "title": f"{obj.record} {marks.shortened(obj.identity)}",
        }

    def page(self, request: HttpRequest, obj: Effect) -> Page:
        others = obj.keys.exclude(key=obj.identity).values_list("key", flat=True)
        facts = [
            Fact("Once per", format_html("<code>{}</code>", obj.identity)),
            Fact("Operation", operation_title(obj.operation)),
            Fact("Far account", format_html("<code>{}</code>", obj.account)),
            Fact("Record", f"{obj.record}, {obj.kind}"),
            Fact("Far id", format_html("<code>{}</code>", obj.far_id or "none")),
            Fact("Amount", marks.money_text(obj.amount, obj.currency) or "none"),
            Fact("Kept once by", obj.strategy),
            Fact("Generation", str(obj.generation)),
            Fact("Mark", format_html("<code>{}</code>", obj.mark)),
            Fact("Intended", marks.instant(obj.intended_at)),
            Fact("Settled", marks.instant(obj.settled_at)),
            Fact("Made by run", _run(obj)),
        ]
        if others:
            keys = format_html_join(", ", "<code>{}</code>", ((key,) for key in others))
            facts.append(Fact("Also met under", keys))
        if obj.matched_by:
            facts.append(Fact("Found by", obj.matched_by))
        if obj.look_at:
            facts.append(Fact("Looked up next", marks.ago(obj.look_at)))
        stored = [("Meant", _meant(obj)), ("Request", _open(obj.request)), ("Result", _open(obj.output))]
        modules = [Module("Effect", obj.note, facts=facts), *undo_module(obj), _references(obj)]
        modules += [Module(title, body=pretty(value)) for title, value in stored if value is not None]
        return Page(
            title=format_html('<span title="{}">{}</span>', obj.identity, marks.shortened(obj.identity)),
            badge=marks.badge(looks.EFFECT[obj.state]),
            subtitle=obj.operation,
            modules=modules,
            tools=undo_tool(obj),
        )


@admin.register(CrossReference)
class CrossReferenceAdmin(LargeTable, FactsAdmin[CrossReference]):
    flows = False
    view_action = "effect.view"
    list_display = ("here", "there", "where", "made")
    list_display_links = ("here",)
    list_select_related = ("environment",)
    search_fields = ("source_id", "far_id")
    search_help_text = "Id on either side, whole"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[CrossReference], search_term: str
    ) -> tuple[QuerySet[CrossReference], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        sides = (Q(source_id=term), Q(far_id=term))
        ids = [
            pk
            for one in sides
            for pk in CrossReference.objects.filter(one).values_list("pk", flat=True)[:_FOUND]
        ]
        return queryset.filter(pk__in=ids), False

    @admin.display(description="here")
    def here(self, row: CrossReference) -> SafeString:
        return format_html('{}<span class="sub">{}</span>', marks.short(row.source_id), row.source_record)

    @admin.display(description="there")
    def there(self, row: CrossReference) -> SafeString:
        return format_html('{}<span class="sub">{}</span>', marks.short(row.far_id), row.record)

    @admin.display(description="environment")
    def where(self, row: CrossReference) -> str:
        return row.environment.key

    @admin.display(description="made")
    def made(self, row: CrossReference) -> SafeString:
        return marks.ago(row.created_at)

    def page(self, request: HttpRequest, obj: CrossReference) -> Page:
        facts = [
            Fact("Here", format_html("{} <code>{}</code>", obj.source_record, obj.source_id)),
            Fact("There", format_html("{} <code>{}</code>", obj.record, obj.far_id)),
            Fact("Far account", format_html("<code>{}</code>", obj.account)),
            Fact("Environment", obj.environment.name),
            Fact("Made", marks.instant(obj.created_at)),
        ]
        if obj.effect_id:
            url = reverse("admin:integrations_effect_change", args=[obj.effect_id])
            facts.append(Fact("By effect", format_html('<a href="{}">{}</a>', url, obj.effect)))
        return Page(title=str(obj), modules=[Module("Cross-reference", facts=facts)])


def _references(effect: Effect) -> Module:
    rows = [
        [
            one.source_record,
            marks.short(one.source_id),
            marks.short(one.far_id),
        ]
        for one in CrossReference.objects.filter(far_id=effect.far_id, effect=effect)[:20]
    ]
    table = Table([Column("Source"), Column("Id here"), Column("Id there")], rows, "None.")
    return Module("Cross-references", table=table)


def _run(effect: Effect) -> SafeString | str:
    if effect.run_id is None:
        return f"run {effect.run_number} (removed since)"
    url = reverse("admin:integrations_run_change", args=[effect.run_id])
    return format_html('<a href="{}">run {}</a>, attempt {}', url, effect.run_number, effect.attempt)


def _meant(effect: Effect) -> Any:
    try:
        return meant(effect)
    except codec.Unreadable:
        return None


def _open(blob: Any) -> Any:
    try:
        return codec.unpack(blob)
    except codec.Unreadable as problem:
        return {"$unreadable": str(problem)}
