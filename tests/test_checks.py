"""What must hold before anything is served."""

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from integrations import checks


def found() -> set[str | None]:
    return {message.id for message in checks.settings_make_sense()}


@pytest.mark.parametrize("address", ["", "interlock.example.com", "ftp://interlock.example.com", "https://"])
def test_an_address_that_nobody_can_call_is_an_error(settings: LazySettings, address: str) -> None:
    settings.PUBLIC_URL = address
    assert "interlock.E003" in found()


def test_a_public_address_is_fine(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://interlock.example.com"
    assert "interlock.E003" not in found()


def test_an_unknown_queue_is_an_error(settings: LazySettings) -> None:
    settings.QUEUE = "carrier-pigeon"
    assert "interlock.E001" in found()


def test_without_a_secret_key_of_its_own_it_serves_nothing(settings: LazySettings) -> None:
    settings.SERVES = False
    with pytest.raises(ImproperlyConfigured, match="INTERLOCK_SECRET_KEY"):
        checks.refuse_to_serve_unsafely()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("QUEUE", "celery", "interlock.E004"),
        ("DOORBELL", "carillon", "interlock.E005"),
        ("DOORBELL", "redis", "interlock.E006"),
    ],
)
def test_a_queue_or_doorbell_without_its_server_is_an_error(
    settings: LazySettings, name: str, value: str, problem: str
) -> None:
    assert problem not in found()
    setattr(settings, name, value)
    assert problem in found()
