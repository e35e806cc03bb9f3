"""Starting and cancelling a backfill on an endpoint's page in the admin."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from connectors.sdk.errors import Config
from integrations.access.authorise import authorise, can
from integrations.console.pages import FactsAdmin, Tool
from integrations.ingress.models import Endpoint
from integrations.polling import backfill
from integrations.polling.models import Backfill

__all__ = ["BackfillActs"]

_WRITTEN = "%Y-%m-%dT%H:%M"


class WindowForm(forms.Form):
    """From when to when, in the company's time zone."""

    since = forms.DateTimeField(label="From", input_formats=[_WRITTEN])
    until = forms.DateTimeField(label="Until", input_formats=[_WRITTEN])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
        window = {name: value.replace(tzinfo=zone) for name, value in given.items() if value is not None}
        if len(window) == len(self.fields) and window["since"] >= window["until"]:
            raise forms.ValidationError("The window ends before it begins.")
        return window


class BackfillActs(FactsAdmin[Endpoint]):
    """The address under which a backfill of one endpoint is begun, or the one under way cancelled."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.backfill_view)
        return [path("<path:object_id>/backfill/", view, name="endpoint-backfill"), *super().get_urls()]

    def backfill_tools(self, request: HttpRequest, endpoint: Endpoint) -> list[Tool]:
        """What the page offers to those who may."""
        if endpoint.kind != "poll" or not can(request, "endpoint.backfill", endpoint.environment):
            return []
        title = "Cancel the backfill" if _running(endpoint) else "Backfill…"
        return [Tool(title, reverse("admin:endpoint-backfill", args=[endpoint.pk]), "history")]

    def backfill_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.found(request, object_id)
        back = reverse("admin:integrations_endpoint_change", args=[endpoint.pk])
        running = _running(endpoint)
        if request.method != "POST":
            return self._ask(request, endpoint, running, back)
        authorise(request, "endpoint.backfill", endpoint.environment, target=str(endpoint))
        if running is not None:
            backfill.cancel(running, request)
            messages.success(request, "The backfill is cancelled. What came in stays.")
            return HttpResponseRedirect(back)
        form = WindowForm(request.POST)
        if not form.is_valid():
            return self._ask(request, endpoint, None, back, form)
        try:
            backfill.backfill(endpoint, by=request, **form.cleaned_data)
            messages.success(request, "The backfill has begun. This page shows how far it is.")
        except Config as refusal:
            messages.warning(request, refusal.sentence)
        except backfill.AlreadyRunning:
            messages.warning(request, "A backfill is under way already.")
        return HttpResponseRedirect(back)

    def _ask(
        self,
        request: HttpRequest,
        endpoint: Endpoint,
        running: Backfill | None,
        back: str,
        form: WindowForm | None = None,
    ) -> HttpResponse:
        context = {
            **self.page_context(request, endpoint),
            "title": "Cancel the backfill?" if running else f"Backfill {endpoint}",
            "running": running,
            "form": form or WindowForm(initial=_yesterday()),
            "zone": settings.COMPANY_TIME_ZONE,
            "back": back,
        }
        return TemplateResponse(request, "admin/backfill.html", context, status=422 if form else 200)


def _running(endpoint: Endpoint) -> Backfill | None:
    return endpoint.backfills.filter(state=Backfill.State.RUNNING).first()


def _yesterday() -> dict[str, str]:
    today = timezone.now().astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).replace(hour=0, minute=0)
    return {"since": (today - timedelta(days=1)).strftime(_WRITTEN), "until": today.strftime(_WRITTEN)}
