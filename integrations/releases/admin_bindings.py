"""Bindings in the admin: which connection an environment puts in a slot, saved as the REST interface saves it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connectors.sdk.errors import Config
from integrations.access.authorise import authorise
from integrations.console import looks, marks
from integrations.console.names import system_title
from integrations.console.typed import ModelChoiceField
from integrations.releases.admin_owned import OwnedAdmin, OwnedForm
from integrations.releases.bindings import bind, check_binding
from integrations.releases.models import Binding
from integrations.vault.models import Connection

__all__ = ["BindingAdmin"]


class ConnectionChoice(ModelChoiceField[Connection]):
    """A connection by its name and its system."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {system_title(obj.connector)}"


class BindingForm(OwnedForm):
    """Refuses what `bind` would refuse."""

    named_by = "slot"
    connection = ConnectionChoice(
        Connection.objects.none(),
        empty_label="Choose a connection",
        help_text="Only connections of this environment. Runs use it from their next call on.",
    )

    class Meta:
        model = Binding
        fields = ("slot", "connection")
        help_texts = {"slot": "As flows name it, such as crm or ledger. It stays as it is made."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields.get("connection")
        if isinstance(choice, ConnectionChoice):
            choice.queryset = Connection.objects.filter(environment=self.instance.environment_id).order_by(
                "name"
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        slot, connection = given.get("slot") or self.instance.slot, given.get("connection")
        if slot and connection is not None:
            try:
                check_binding(self.instance.environment, slot, connection)
            except Config as refusal:
                self.add_error("connection", ValidationError(refusal.sentence))
        return given


@admin.register(Binding)
class BindingAdmin(OwnedAdmin[Binding]):
    form = BindingForm
    need = "slots"
    view_action = "connection.view"
    add_action = change_action = delete_action = "binding.edit"
    fields = ("where", "slot", "connection")
    list_display = ("slot", "where", "holds", "status_shown")
    list_display_links = ("slot",)
    list_select_related = ("environment", "connection")
    ordering = ("environment__order", "environment__key", "slot")
    search_fields = ("slot", "connection__name")
    search_help_text = "Slot or connection"

    @admin.display(description="connection")
    def holds(self, binding: Binding) -> SafeString:
        one = binding.connection
        return format_html('{}<span class="sub">{}</span>', one.name, system_title(one.connector))

    @admin.display(description="status")
    def status_shown(self, binding: Binding) -> SafeString:
        return marks.status(looks.CONNECTION[binding.connection.status])

    def save_model(self, request: HttpRequest, obj: Binding, form: Any, change: Any) -> None:
        authorise(request, "binding.edit", obj.environment, target=f"slot {obj.slot}")
        obj.pk = bind(obj.environment, obj.slot, obj.connection, request).pk

    def log_addition(self, request: HttpRequest, obj: Binding, message: Any) -> Any:
        """`bind` has written it down."""

    def log_change(self, request: HttpRequest, obj: Binding, message: Any) -> Any:
        """`bind` has written it down."""
