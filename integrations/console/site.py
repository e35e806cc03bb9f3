"""The admin site: who may enter, which environment is looked at, and the sidebar in the order operators work."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from integrations.access.actor import actor_of
from integrations.console import navigation, overview
from integrations.console.environments import choose, chosen, visible

__all__ = ["Console"]


class Console(admin.AdminSite):
    """Django's admin site with our roles instead of `is_staff`."""

    site_title = "Interlock administration"
    site_header = "Interlock administration"
    index_title = "Overview"
    login_form = AuthenticationForm
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """As Django's, but the queue gets no pages: its messages are hints, the database says what is due."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        shown = [model for model in models if not model.__module__.startswith("django_q.")]
        super().register(shown, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever holds a role somewhere may enter; what they see inside is decided page by page."""
        actor = actor_of(request)
        return actor.signed_in and bool(actor.roles_anywhere())

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if not context["has_permission"]:
            return context
        return context | {
            "navigation": navigation.sections(self, request),
            "environments": visible(request),
            "chosen_environment": chosen(request),
            "actor_roles": navigation.roles_text(request),
        }

    def index(self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None) -> TemplateResponse:
        """What needs a person, before anything else."""
        return super().index(request, {**overview.facts(request), **(extra_context or {})})

    def get_urls(self) -> list[URLResolver | URLPattern]:
        switch = path(
            "environment/", self.admin_view(require_POST(self.switch_environment)), name="environment"
        )
        return [switch, *super().get_urls()]

    def switch_environment(self, request: HttpRequest) -> HttpResponse:
        """Remember which environment the lists show ("" = all that the person may see) and go back."""
        choose(request, request.POST.get("environment", ""))
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
            back = reverse("admin:index")
        return HttpResponseRedirect(back)
