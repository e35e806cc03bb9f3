"""For every test: nothing leaves this machine, secrets have a vault key, and SQLite is a file with real transactions."""

import base64
import os
from typing import Any

import pytest
from django.conf import settings

from integrations.limits.process import PROCESS
from integrations.memory import forget_everything
from integrations.releases.plans import plan_of, settings_of
from tests.loopback import only_loopback

__all__ = ["only_loopback"]


def pytest_configure() -> None:
    """Set before the databases are made: the installation's data key is made with them. Slow password hashes prove nothing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SERVES = True
    settings.VAULT_KEYS = "test:" + base64.b64encode(os.urandom(32)).decode()


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Each test has a database of its own; what a process remembers of the last one is wrong."""
    forget_everything()
    PROCESS.start_anew()
    plan_of.cache_clear()
    settings_of.cache_clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Databases in files: threads and processes meet each other's locks, as in real life."""
    folder = tmp_path_factory.mktemp("databases")
    databases: dict[str, dict[str, Any]] = settings.DATABASES
    for alias, database in databases.items():
        if database["ENGINE"].endswith("sqlite3"):
            database.setdefault("TEST", {})["NAME"] = str(folder / f"{alias}.sqlite3")
