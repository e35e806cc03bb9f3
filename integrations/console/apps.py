"""Puts our site in the place of Django's default admin site; models register with `django.contrib.admin` as usual."""

from django.contrib.admin.apps import AdminConfig

__all__ = ["ConsoleConfig"]


class ConsoleConfig(AdminConfig):
    default_site = "integrations.console.site.Console"
