"""For every test: nothing leaves this machine, secrets have a vault key, and SQLite is a file with real transactions."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """TEST_PARTITIONED=1 on PostgreSQL: the largest tables are partitioned, as an installation may have them."""
    if os.environ.get("TEST_PARTITIONED"):
        sql = Path(__file__).parents[1] / "deploy" / "postgres" / "partition.sql"
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(sql.read_text())
    yield
    with django_db_blocker.unblock():
        _end_other_connections()


def _end_other_connections() -> None:
    """A thread that a test left behind may hold one, and a database that is in use can't be dropped."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connection.close()
