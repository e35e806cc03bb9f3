"""The days of an environment as a form: empty = as the installation says."""

from typing import Any

from django import forms
from django.conf import settings

from integrations.console.typed import ModelForm
from integrations.releases.models import Environment
from integrations.retention.models import Klass
from integrations.retention.policy import LONGEST, NAMES, changed

__all__ = ["DAYS_FIELDS", "DaysForm"]

DAYS_FIELDS = tuple(NAMES.values())


def _days(klass: Klass) -> forms.IntegerField:
    label = f"{klass.label}, days"
    return forms.IntegerField(required=False, min_value=0, max_value=LONGEST, label=label)


class DaysForm(ModelForm[Environment]):
    """Has a field for each class; `environment.retention` holds what was typed."""

    exchanges_days = _days(Klass.EXCHANGES)
    steps_days = _days(Klass.STEPS)
    events_days = _days(Klass.EVENTS)
    runs_days = _days(Klass.RUNS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = self.instance.retention or {}
        for name in set(DAYS_FIELDS) & set(self.fields):
            self.initial.setdefault(name, said.get(name))
            days = settings.RETENTION[name]
            self.fields[
                name
            ].help_text = f"Kept after a run has ended. Empty: {days}, as the installation says."

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        typed = {name: given.get(name) for name in DAYS_FIELDS}
        self.instance.retention = {name: days for name, days in typed.items() if days is not None}
        changed()
        return given
