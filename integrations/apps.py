"""Registers the runtime with Django; runs nothing but checks."""

from django.apps import AppConfig

__all__ = ["IntegrationsConfig"]


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Interlock"

    def ready(self) -> None:
        from integrations import checks  # noqa: F401 - registers the system checks
        from integrations.failures import reconnect  # noqa: F401 - wakes runs when their account works again
        from integrations.payloads import keys  # noqa: F401 - has the data key made after a migration
