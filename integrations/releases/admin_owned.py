"""Pages of what belongs to one environment: the environment is chosen first, the name is fixed once made."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from integrations.access.authorise import authorise, visible_environments
from integrations.console.environments import chosen
from integrations.console.permissions import M, RoleAdmin
from integrations.console.typed import ModelForm
from integrations.releases.models import Environment
from integrations.releases.needs import Kind, who_needs

__all__ = ["OwnedAdmin", "OwnedForm"]

_NAME = RegexValidator(r"^[a-z][a-z0-9_]*\Z", "Small letters, digits and _ only, beginning with a letter.")
"""As flows may write it."""


class OwnedForm(ModelForm[Any]):
    """A form whose object lies in `environment`; `named_by` is the field that names it there."""

    environment: ClassVar[Environment | None] = None
    named_by: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and self.environment is not None:
            self.instance.environment = self.environment
        if self.named_by in self.fields:
            self.fields[self.named_by].validators.append(_NAME)

    def clean(self) -> dict[str, Any]:
        """Refuses a name that the environment has already."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        name, where = given.get(self.named_by), self.instance.environment
        same = type(self.instance).objects.filter(environment=where, **{self.named_by: name})
        if name and same.exclude(pk=self.instance.pk).exists():
            self.add_error(
                self.named_by, ValidationError(f"{where.name} has “{name}” already. Change it there.")
            )
        return given


class OwnedAdmin(RoleAdmin[M]):
    """`need` says which needs of releases keep an object from being deleted."""

    form: type[OwnedForm]
    need: Kind
    actions = None
    list_select_related: ClassVar[tuple[str, ...]] = ("environment",)

    @admin.display(description="environment")
    def where(self, obj: Any) -> str:
        return str(obj.environment.name)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Asks for the environment of a new one; a refused change is written down."""
        if object_id is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            if self.environment_asked(request) is None:
                return self._choose(request)
        elif request.method == "POST":
            self._authorise(request, object_id, self.change_action)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            self._authorise(request, object_id, self.delete_action)
        return super().delete_view(request, object_id, extra_context)

    def environment_asked(self, request: HttpRequest) -> Environment | None:
        """Where a new one goes: as the address says, as chosen in the header, or the only one there is.

        Raises PermissionDenied when the person sees the environment of the address but may add nothing there.
        """
        key = request.GET.get("environment", "")
        if key:
            asked = visible_environments(request, self.view_action).filter(key=key).first()
            if asked is not None:
                authorise(request, self.add_action, asked, target=str(self.opts.verbose_name))
            return asked
        allowed = list(visible_environments(request, self.add_action))
        looked_at = chosen(request)
        return allowed[0] if len(allowed) == 1 else looked_at if looked_at in allowed else None

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> type[OwnedForm]:
        made = super().get_form(request, obj, *args, **kwargs)
        where = obj.environment if obj else self.environment_asked(request)
        return type(made.__name__, (made,), {"environment": where})

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> tuple[str, ...]:
        return ("where",) if obj is None else ("where", self.form.named_by)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What needs one of `objs` stands in the way of deleting it."""
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        name = self.form.named_by
        needed = [by for one in objs for by in who_needs(one.environment, self.need, getattr(one, name))]
        return to_delete, counts, lacking, [*protected, *needed]

    def _choose(self, request: HttpRequest) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"New {self.opts.verbose_name}",
            "choices": visible_environments(request, self.add_action),
        }
        return TemplateResponse(request, "admin/environment_choose.html", context)

    def _authorise(self, request: HttpRequest, object_id: str, action: str) -> None:
        obj = self.get_object(request, unquote(object_id))
        if obj is not None:
            authorise(request, action, self.environment_of(obj), target=f"{self.opts.verbose_name} {obj}")
