"""Registers the designer with Django."""

from django.apps import AppConfig

__all__ = ["DesignerConfig"]


class DesignerConfig(AppConfig):
    name = "designer"
    verbose_name = "Designer"
