"""Interlock's own settings, with the bench's connector dropped in and a probe that stays asleep until it is asked."""

from pathlib import Path

import connectors
from integrations.settings import *  # noqa: F403 - these are that installation's settings, and nothing of them is changed
from integrations.settings import INSTALLED_APPS

connectors.__path__.append(str(Path(__file__).resolve().parent / "far"))
INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench.apps.BenchConfig"]
