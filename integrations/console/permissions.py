"""Admin pages ask the one authorisation function, not Django's model permissions; lists end where a person's roles end."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from integrations.access.actions import roles_for
from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.access.authorise import can, visible_environments
from integrations.console.lists import RoleChangeList
from integrations.console.typed import ModelAdmin
from integrations.keyset import aside
from integrations.releases.models import Environment

__all__ = ["RoleAdmin"]

M = TypeVar("M", bound=Model)


class RoleAdmin(ModelAdmin[M]):
    """A ModelAdmin whose rights are actions of `access/actions.py`. An empty action = nobody, in the admin.

    `environment_path` is the ORM path to the environment the object belongs to; "" = it belongs to none.
    """

    view_action: str
    add_action = ""
    change_action = ""
    delete_action = ""
    environment_path = "environment"
    list_per_page = 50
    show_full_result_count = False
    actions_on_top = False
    actions_on_bottom = True
    empty_value_display = ""

    def environment_of(self, obj: M) -> Environment | None:
        """The environment `obj` belongs to; None when it belongs to none or to all."""
        found: Any = obj
        for name in self.environment_path.split("__") if self.environment_path else []:
            found = getattr(found, name, None)
        return found if isinstance(found, Environment) else None

    def may(self, request: HttpRequest, action: str, obj: M | None) -> bool:
        """Whether the person may do `action` to `obj`; without one, whether there is any place where they may."""
        if not action:
            return False
        if obj is None:
            return bool(roles_for(action) & actor_of(request).roles_anywhere())
        return can(request, action, self.environment_of(obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.view_action, None)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.may(request, self.view_action, obj) or self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.add_action, None)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.may(request, self.change_action, obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.may(request, self.delete_action, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """Only what lies in environments the person may look at; what lies in none is for roles held everywhere."""
        rows = super().get_queryset(request)
        if not self.environment_path or self.sees_all(request):
            return rows
        seen = visible_environments(request, self.view_action)
        if self.environment_path == "environment":
            return aside(rows, environment=list(seen.values_list("pk", flat=True)))
        return rows.filter(**{f"{self.environment_path}__in": seen})

    def sees_all(self, request: HttpRequest) -> bool:
        """Whether the person may look at this in every environment."""
        return bool(roles_for(self.view_action) & actor_of(request).roles_in(None))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RoleChangeList]:
        return RoleChangeList

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """An environment can be chosen only where the person may make the change; "all" needs the role everywhere."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.related_model is Environment:
            action = self.change_action or self.add_action
            field.queryset = visible_environments(request, action)
            everywhere = bool(roles_for(action) & actor_of(request).roles_in(None))
            field.required = not (db_field.null and everywhere)
            field.empty_label = "All environments" if db_field.null and everywhere else field.empty_label
        return field

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> Any:
        return self._record(request, self.add_action, obj, _words(message, "Added"))

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> Any:
        return self._record(request, self.change_action, obj, _words(message, "Changed"))

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[M]) -> Any:
        return [self._record(request, self.delete_action, obj, "Deleted") for obj in queryset]

    def _record(self, request: HttpRequest, action: str, obj: M, note: str) -> Any:
        target = f"{self.opts.verbose_name} {obj}"
        return record(request, action, target, environment=self.environment_of(obj), note=note)


def _words(message: Any, default: str) -> str:
    """Django's structured change message as words: “Changed: email, is active; added: membership …”."""
    parts = []
    for one in message if isinstance(message, list) else []:
        for what, of in one.items():
            named = ", ".join(of.get("fields", [])) or f"{of.get('name', '')} {of.get('object', '')}".strip()
            parts.append(f"{what} {named}".strip())
    return "; ".join(parts).capitalize()[:500] or default
