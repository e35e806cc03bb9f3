"""Variables in the admin: named values of an environment, written as JSON."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connectors.sdk.numbers import parse_json
from connectors.sdk.redact import Redactor
from connectors.sdk.wire import Json
from integrations.console.json_text import pretty
from integrations.releases.admin_owned import OwnedAdmin, OwnedForm
from integrations.releases.models import Variable

__all__ = ["VariableAdmin", "read_value"]

LONGEST = 20_000
"""Characters of one value."""
_SHOWN = 80
_BY_NAME = Redactor()


def read_value(text: str) -> Json:
    """The value that `text` writes. Raises ValidationError with a sentence that says where it stops being JSON."""
    if not text.strip():
        raise ValidationError('Write a value. An empty text is "".')
    try:
        value = parse_json(text.encode())
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ValidationError(
            f'This is not JSON at {place}: {error.msg.partition(":")[0]}. Text stands in quotes: "GBP".'
        ) from error
    except (ValueError, RecursionError) as error:
        raise ValidationError("This is not JSON that can be kept.") from error
    if value is None:
        raise ValidationError("null is no value. Delete the variable instead.")
    if "\\u0000" in text:
        raise ValidationError("A text may not hold the character \\u0000.")
    return value


class JsonText(forms.CharField):
    """JSON as it is typed; cleaned, it is the value."""

    def clean(self, value: Any) -> Any:
        return read_value(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(str(data or "").replace("\r\n", "\n").strip() != str(initial or "").strip())


class VariableForm(OwnedForm):
    named_by = "key"
    value = JsonText(
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono", "spellcheck": "false"}),
        help_text='JSON. Text in quotes: "GBP". Amounts and rates as text too: "0.20". Secrets belong in connections.',
    )

    class Meta:
        model = Variable
        fields = ("key", "value")
        help_texts = {"key": "Flows read “terms” as $vars.terms. It stays as it is made."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["value"] = json.dumps(self.instance.value, indent=2, ensure_ascii=False)


@admin.register(Variable)
class VariableAdmin(OwnedAdmin[Variable]):
    form = VariableForm
    need = "variables"
    view_action = "environment.view"
    add_action = change_action = delete_action = "variable.edit"
    list_display = ("key", "where", "short_value")
    list_display_links = ("key",)
    ordering = ("environment__order", "environment__key", "key")
    search_fields = ("key",)
    search_help_text = "Key"

    def get_fields(self, request: HttpRequest, obj: Variable | None = None) -> tuple[str, ...]:
        """Whoever may not change it sees it as other pages show JSON: without what is named like a secret."""
        typed = obj is None or self.has_change_permission(request, obj)
        return ("where", "key", "value" if typed else "whole_value")

    @admin.display(description="value")
    def short_value(self, variable: Variable) -> SafeString:
        return shown(variable)

    @admin.display(description="value")
    def whole_value(self, variable: Variable) -> SafeString:
        return pretty({variable.key: variable.value})


def shown(variable: Variable) -> SafeString:
    """The value in one short line."""
    redacted: Any = _BY_NAME.json({variable.key: variable.value})
    text = json.dumps(redacted[variable.key], ensure_ascii=False)
    return format_html("<code>{}</code>", text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
