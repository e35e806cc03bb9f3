"""Starts the probe in every process of a benched installation."""

from django.apps import AppConfig

from tests.bench import probe

__all__ = ["BenchConfig"]


class BenchConfig(AppConfig):
    name = "tests.bench"
    label = "bench"

    def ready(self) -> None:
        probe.install()
