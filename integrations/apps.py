"""Registers the runtime with Django; runs nothing but checks and the few listeners."""

from importlib import import_module

from django.apps import AppConfig

from integrations.database import forget_after_fork

__all__ = ["IntegrationsConfig"]

LISTENERS = (
    "integrations.checks",  # what must hold before anything is served
    "integrations.failures.reconnect",  # wakes runs when their account works again
    "integrations.payloads.keys",  # has the data key made after a migration
)


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Interlock"

    def ready(self) -> None:
        forget_after_fork()
        for listener in LISTENERS:
            import_module(listener)
