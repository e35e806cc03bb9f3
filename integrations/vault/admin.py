"""Connections in the admin: what they reach, whether they work, signing in, and secrets that only ever go in."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connectors.sdk import registry
from connectors.sdk.errors import Conflict, Failure
from integrations.access.audit import record
from integrations.access.authorise import authorise, can
from integrations.console import looks, marks
from integrations.console.pages import Fact, FactsAdmin
from integrations.limits.report import report_of
from integrations.vault.admin_form import ConnectionForm
from integrations.vault.health import accept_account, test_connection
from integrations.vault.models import Connection
from integrations.vault.oauth import redirect_uri

__all__ = ["ConnectionAdmin"]


@admin.register(Connection)
class ConnectionAdmin(FactsAdmin[Connection]):
    view_action = "connection.view"
    add_action = "connection.edit"
    list_display = ("named", "system", "where", "mark_shown", "status_shown", "account", "tested")
    list_display_links = ("named",)
    list_filter = ("mark", "status")
    list_select_related = ("environment", "breaker")
    search_fields = ("name", "key", "connector")
    search_help_text = "Name or system"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/test/", wrap(self.test_view), name="connection-test"),
            *super().get_urls(),
        ]

    @admin.display(description="connection")
    def named(self, connection: Connection) -> SafeString:
        return format_html('<b>{}</b><span class="sub mono">{}</span>', connection.name, connection.key)

    @admin.display(description="system")
    def system(self, connection: Connection) -> str:
        known = registry.connectors().get(connection.connector)
        return known.title if known else connection.connector

    @admin.display(description="environment")
    def where(self, connection: Connection) -> str:
        return connection.environment.key

    @admin.display(description="mark")
    def mark_shown(self, connection: Connection) -> SafeString:
        return marks.badge(looks.MARK[connection.mark])

    @admin.display(description="status")
    def status_shown(self, connection: Connection) -> SafeString:
        tripped = getattr(connection, "breaker", None)
        silent = tripped is not None and tripped.open_since is not None
        return marks.status(looks.NOT_ANSWERING if silent else looks.CONNECTION[connection.status])

    @admin.display(description="far account")
    def account(self, connection: Connection) -> str:
        return connection.far_account_name

    @admin.display(description="tested")
    def tested(self, connection: Connection) -> SafeString:
        return marks.ago(connection.tested_at)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page and its form; without an id, a new connection of the chosen system."""
        connection = self.found(request, object_id) if object_id else None
        if connection is None and not self.has_add_permission(request):
            raise PermissionDenied
        wanted = connection.connector if connection else request.GET.get("connector", "")
        connector = registry.connectors().get(wanted)
        if connector is None and connection is None:
            return self._choose(request)
        form = ConnectionForm(request, connector, connection) if connector else None
        if request.method == "POST" and form is not None and form.save():
            saved = form.connection
            note = "Changed" if connection else "Made"
            record(
                request,
                "connection.edit",
                f"connection {saved.key}",
                environment=saved.environment,
                note=note,
            )
            messages.success(request, "Saved. Test the connection before it is used.")
            return HttpResponseRedirect(_page(saved))
        return self._show(request, connection, form)

    def _choose(self, request: HttpRequest) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "New connection",
            "connectors": list(registry.connectors().values()),
        }
        return TemplateResponse(request, "admin/connection_choose.html", context)

    def _show(
        self, request: HttpRequest, connection: Connection | None, form: ConnectionForm | None
    ) -> HttpResponse:
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(connection) if connection else "New connection",
            "form": form,
            "connection": connection,
            "redirect_uri": redirect_uri() if form and form.auth.in_browser else "",
            "may_edit": connection is None or can(request, "connection.edit", connection.environment),
        }
        if connection is not None:
            context |= {
                "page_environment": connection.environment,
                "facts": _facts(connection),
                "answers": report_of(connection).sentence,
                "status_badge": marks.badge(looks.CONNECTION[connection.status]),
                "mark_badge": marks.badge(looks.MARK[connection.mark])
                if connection.mark in looks.MARK
                else "",
                "slots": sorted(binding.slot for binding in connection.bindings.all()),
                "may_test": can(request, "connection.test", connection.environment),
                "swapped": "swapped" in request.GET,
            }
        status = 422 if form is not None and form.problems else 200
        return TemplateResponse(request, "admin/connection.html", context, status=status)

    def test_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask whose account this is. With `accept`, whichever account answers is the right one from now on."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        connection = self.found(request, object_id)
        accepts = "accept" in request.POST
        action = "connection.edit" if accepts else "connection.test"
        authorise(request, action, connection.environment, target=f"connection {connection.key}")
        back = _page(connection)
        try:
            identity = accept_account(connection) if accepts else test_connection(connection)
        except Conflict as swapped:
            messages.warning(request, swapped.sentence)
            back = f"{back}?swapped=yes"
        except Failure as failure:
            messages.error(request, failure.sentence)
        else:
            messages.success(request, f"It works. The account is {identity.name}.")
        note = f"{connection.get_status_display()}{', new account accepted' if accepts else ''}"
        target = f"connection {connection.key}"
        record(request, action, target, environment=connection.environment, note=note)
        return HttpResponseRedirect(back)


def _facts(connection: Connection) -> list[Fact]:
    facts = [
        Fact("Far account", connection.far_account_name or "not known before the first test"),
        Fact("Address", format_html("<code>{}</code>", connection.base_url)),
        Fact("Last tested", marks.ago(connection.tested_at)),
        Fact("Effects made with it", "yes" if connection.effects.exists() else "none yet"),
    ]
    facts += _limits(connection)
    if connection.token_expires_at:
        facts.append(Fact("Token renewed before", marks.instant(connection.token_expires_at)))
    return facts


def _limits(connection: Connection) -> list[Fact]:
    """What the far system bears, as declared and learned, and how it stands."""
    report = report_of(connection)
    declared = ", ".join(report.declared) or "none"
    facts = [Fact("Limits", f"{declared}; {report.at_once} calls at once in a process")]
    if report.learned is not None:
        facts.append(Fact("Learned", f"{report.learned:g} calls a minute ({report.note})"))
    if report.sentence:
        facts.append(Fact("Answers", report.sentence))
    return facts


def _page(connection: Connection) -> str:
    return reverse("admin:integrations_connection_change", args=[connection.pk])
