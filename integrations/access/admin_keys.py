"""API keys in the admin: issued once, shown once, revoked at any time."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.access import keys
from integrations.access.authorise import can, visible_environments
from integrations.access.models import ApiKey, Role
from integrations.console import marks
from integrations.console.pages import Fact, FactsAdmin, Module, Page, Tool
from integrations.releases.models import Environment

__all__ = ["ApiKeyAdmin"]


class KeyForm(forms.Form):
    """What a new key may do, and where."""

    name = forms.CharField(max_length=80, help_text="Which machine uses it.")
    environment = forms.ModelChoiceField(Environment.objects.none())
    roles = forms.MultipleChoiceField(choices=Role.choices, widget=forms.CheckboxSelectMultiple)
    expires = forms.DateField(
        required=False,
        label="Expires at the end of",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: it works until it is revoked.",
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST if request.method == "POST" else None)
        field = self.fields["environment"]
        if isinstance(field, forms.ModelChoiceField):
            everywhere = can(request, "access.edit", None)
            field.queryset = visible_environments(request, "access.edit")
            field.required, field.empty_label = (
                not everywhere,
                "All environments" if everywhere else "Choose one",
            )


@admin.register(ApiKey)
class ApiKeyAdmin(FactsAdmin[ApiKey]):
    view_action = "access.view"
    add_action = "access.edit"
    list_display = ("named", "where", "roles_shown", "state_mark", "used", "made")
    list_display_links = ("named",)
    list_select_related = ("environment", "created_by")
    search_fields = ("name", "prefix")
    search_help_text = "Name or prefix"

    def get_urls(self) -> list[URLPattern]:
        revoke = self.admin_site.admin_view(self.revoke_view)
        return [path("<path:object_id>/revoke/", revoke, name="key-revoke"), *super().get_urls()]

    @admin.display(description="key")
    def named(self, key: ApiKey) -> SafeString:
        return format_html('<b>{}</b><span class="sub mono">{}…</span>', key.name, key.prefix)

    @admin.display(description="environment")
    def where(self, key: ApiKey) -> str:
        return key.environment.key if key.environment else "all"

    @admin.display(description="roles")
    def roles_shown(self, key: ApiKey) -> str:
        return ", ".join(key.roles)

    @admin.display(description="state")
    def state_mark(self, key: ApiKey) -> SafeString:
        return marks.status(_look(key))

    @admin.display(description="last used")
    def used(self, key: ApiKey) -> SafeString:
        return marks.ago(key.last_used_at)

    @admin.display(description="made")
    def made(self, key: ApiKey) -> SafeString:
        return marks.ago(key.created_at)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A key's page; without an id, the form that issues one."""
        if object_id is not None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = KeyForm(request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Issue an API key",
            "form": form,
        }
        if request.method == "POST" and form.is_valid() and (issued := _issue(request, form)):
            response = TemplateResponse(
                request, "admin/key_issued.html", {**context, "key": issued[0], "secret": issued[1]}
            )
            response["Cache-Control"] = "no-store"
            return response
        return TemplateResponse(request, "admin/key_form.html", context, status=422 if form.errors else 200)

    def page(self, request: HttpRequest, obj: ApiKey) -> Page:
        facts = [
            Fact("Environment", obj.environment.name if obj.environment else "All environments"),
            Fact("Roles", ", ".join(obj.roles)),
            Fact(
                "Made",
                format_html("{} by {}", marks.instant(obj.created_at), obj.created_by or "nobody any more"),
            ),
            Fact("Expires", marks.instant(obj.expires_at) if obj.expires_at else "never"),
            Fact("Last used", marks.ago(obj.last_used_at)),
        ]
        if obj.revoked_at:
            facts.append(Fact("Revoked", marks.instant(obj.revoked_at)))
        tools = []
        if obj.revoked_at is None and can(request, "access.edit", obj.environment):
            tools.append(Tool("Revoke", reverse("admin:key-revoke", args=[obj.pk]), "ban"))
        module = Module("API key", "the key itself was shown once and is not kept", facts=facts)
        return Page(
            title=obj.name,
            badge=marks.badge(_look(obj)),
            subtitle=f"{obj.prefix}…",
            tools=tools,
            modules=[module],
        )

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End the key, after saying so."""
        key = self.found(request, object_id)
        back = reverse("admin:integrations_apikey_change", args=[key.pk])
        if request.method != "POST":
            context = {
                **self.page_context(request, key),
                "title": f"Revoke “{key.name}”?",
                "sentences": ["Whatever uses it is refused from its next call on. It can't be undone."],
                "act": "Revoke key",
                "danger": True,
                "back": back,
            }
            return TemplateResponse(request, "admin/confirm.html", context)
        keys.revoke(key, request)
        messages.success(request, "The key is revoked.")
        return HttpResponseRedirect(back)


def _issue(request: HttpRequest, form: KeyForm) -> tuple[ApiKey, str] | None:
    """Issue the key; None when it was refused, with the reason on the form."""
    wanted = form.cleaned_data
    day = wanted["expires"]
    try:
        return keys.issue(
            wanted["name"],
            wanted["roles"],
            wanted["environment"],
            request,
            expires_at=marks.end_of(day) if day else None,
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


def _look(key: ApiKey) -> marks.Look:
    if key.revoked_at is not None:
        return marks.Look("bad", "ban", "Revoked")
    if key.expires_at is not None and key.expires_at <= timezone.now():
        return marks.Look("", "clock", "Expired")
    return marks.Look("ok", "key-round", "Works")
