"""Environments in the admin: their place in the promotion order, what their slots hold, and their variables."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import model_ngettext, unquote
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.access.authorise import authorise, can, visible_environments
from integrations.console import marks
from integrations.console.names import system_title
from integrations.console.pages import Column, Module, Table, Tool
from integrations.console.permissions import RoleAdmin
from integrations.releases.admin_variables import shown
from integrations.releases.models import Environment
from integrations.releases.needs import Need, needs_of
from integrations.retention.days_form import DAYS_FIELDS, DaysForm

__all__ = ["EnvironmentAdmin"]

_COUNTED = 1000
"""Dependents are counted up to here."""


class EnvironmentForm(DaysForm):
    class Meta:
        model = Environment
        fields = ("key", "name", "order", "live")
        labels = {"order": "Place in the promotion order"}
        help_texts = {
            "key": "Addresses, API keys and the audit trail know it by this. It stays as it is made.",
            "order": "Flows are promoted from lower to higher.",
        }


@admin.register(Environment)
class EnvironmentAdmin(RoleAdmin[Environment]):
    """Made and deleted by administrators of all environments, changed by its own."""

    form = EnvironmentForm
    view_action = "environment.view"
    add_action = change_action = delete_action = "environment.edit"
    environment_path = ""
    actions = None
    change_form_template = "admin/environment.html"
    list_display = ("named", "order", "live_mark", "slots_bound", "variables_held", "connections_held")
    list_display_links = ("named",)
    fieldsets = (
        (None, {"fields": ("key", "name", "order", "live")}),
        ("How long data is kept", {"fields": DAYS_FIELDS}),
    )

    def environment_of(self, obj: Environment) -> Environment:
        return obj

    def get_queryset(self, request: HttpRequest) -> QuerySet[Environment]:
        seen = visible_environments(request, self.view_action)
        held = {
            f"{name}_count": Count(name, distinct=True) for name in ("bindings", "variables", "connections")
        }
        return super().get_queryset(request).filter(pk__in=seen.values("pk")).annotate(**held)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request, self.add_action, None)

    def has_delete_permission(self, request: HttpRequest, obj: Environment | None = None) -> bool:
        return can(request, self.delete_action, None)

    def get_readonly_fields(self, request: HttpRequest, obj: Environment | None = None) -> tuple[str, ...]:
        return () if obj is None else ("key",)

    @admin.display(description="environment", ordering="order")
    def named(self, environment: Environment) -> SafeString:
        return format_html('<b>{}</b><span class="sub mono">{}</span>', environment.name, environment.key)

    @admin.display(description="books")
    def live_mark(self, environment: Environment) -> SafeString:
        look = (
            marks.Look("ok", "radio", "Live")
            if environment.live
            else marks.Look("", "flask-conical", "Not live")
        )
        return marks.status(look)

    @admin.display(description="slots bound")
    def slots_bound(self, environment: Any) -> int:
        return int(environment.bindings_count)

    @admin.display(description="variables")
    def variables_held(self, environment: Any) -> int:
        return int(environment.variables_count)

    @admin.display(description="connections")
    def connections_held(self, environment: Any) -> int:
        return int(environment.connections_count)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form, and below it what the environment holds. A refused change is written down."""
        obj = self.get_object(request, unquote(object_id)) if object_id else None
        if request.method == "POST" and (obj is not None or object_id is None):
            target = f"environment {obj.key}" if obj else "environment"
            authorise(request, "environment.edit", obj, target=target)
        held = _held(request, obj) if obj else {}
        return super().changeform_view(request, object_id, form_url, {**held, **(extra_context or {})})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """An environment goes only when it is empty: nothing goes with it."""
        needed = [sentence for one in objs for sentence in self._dependents(one)]
        return ([], {}, set(), needed) if needed else super().get_deleted_objects(objs, request)

    def _dependents(self, environment: Environment) -> list[str]:
        found = []
        for relation in self.opts.related_objects:
            rows = getattr(environment, str(relation.get_accessor_name())).order_by()
            count = rows[: _COUNTED + 1].count()
            if count:
                number = f"more than {_COUNTED:,}" if count > _COUNTED else str(count)
                found.append(f"{number} {model_ngettext(rows, count)}")
        return found


def _held(request: HttpRequest, environment: Environment) -> dict[str, Any]:
    """What slots hold and variables say, with what releases need and the environment lacks."""
    tools = [
        Tool(title, f"{reverse(f'admin:integrations_{model}_add')}?environment={environment.key}", "plus")
        for action, model, title in (
            ("binding.edit", "binding", "Bind a slot"),
            ("variable.edit", "variable", "Add a variable"),
        )
        if can(request, action, environment)
    ]
    return {
        "tools": tools,
        "modules": [_slots(environment), _variables(environment)],
        "page_environment": environment,
    }


def _slots(environment: Environment) -> Module:
    needs = needs_of(environment, "slots")
    bound = {one.slot: one for one in environment.bindings.select_related("connection").order_by("slot")}
    rows: list[list[SafeString | str]] = [
        [
            _link("binding", one.pk, slot),
            f"{one.connection.name}, {system_title(one.connection.connector)}",
            _by(needs, slot),
        ]
        for slot, one in bound.items()
    ]
    lacking = {need.key: need.connector for need in needs if need.key not in bound}
    rows += [
        [slot, _lacks(f"Nothing is bound; it takes {system_title(connector)}"), _by(needs, slot)]
        for slot, connector in lacking.items()
    ]
    columns = [Column("Slot"), Column("Connection"), Column("Needed by")]
    return Module(
        "Bindings", "which connection each slot holds", table=Table(columns, rows, "No slot is bound.")
    )


def _variables(environment: Environment) -> Module:
    needs = needs_of(environment, "variables")
    there = {one.key: one for one in environment.variables.order_by("key")}
    rows: list[list[SafeString | str]] = [
        [_link("variable", one.pk, key), shown(one), _by(needs, key)] for key, one in there.items()
    ]
    lacking = sorted({need.key for need in needs} - set(there))
    rows += [[key, _lacks("It has no value"), _by(needs, key)] for key in lacking]
    columns = [Column("Variable"), Column("Value"), Column("Needed by")]
    return Module("Variables", "$vars in expressions", table=Table(columns, rows, "No variables."))


def _lacks(words: str) -> SafeString:
    return marks.status(marks.Look("warn", "triangle-alert", words))


def _link(model: str, pk: int, title: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(f"admin:integrations_{model}_change", args=[pk]), title)


def _by(needs: list[Need], key: str) -> str:
    return "; ".join(need.by for need in needs if need.key == key)
