"""Registers the designer with Django."""

from importlib import import_module

from django.apps import AppConfig

__all__ = ["DesignerConfig"]

LENDERS = ("designer.callable",)  # lends the runtime the flows that steps call


class DesignerConfig(AppConfig):
    name = "designer"
    verbose_name = "Designer"

    def ready(self) -> None:
        for lender in LENDERS:
            import_module(lender)
