"""An environment, a connection, and the far system it leads to."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from connectors.sdk.registry import extra_root
from integrations.releases.models import Environment
from integrations.vault import connections
from integrations.vault.models import Connection
from tests.vault.token_server import TokenServer


@pytest.fixture(autouse=True)
def keyring() -> Iterator[None]:
    with extra_root(Path(__file__).parent / "far"):
        yield


@pytest.fixture
def far() -> Iterator[TokenServer]:
    server = TokenServer()
    yield server
    server.close()


@pytest.fixture
def environment() -> Environment:
    return Environment.objects.create(key="dev", name="Development")


@pytest.fixture
def connection(environment: Environment, far: TokenServer) -> Connection:
    """Signed in, with a token that ended a second ago."""
    made = Connection.objects.create(
        environment=environment,
        key="books",
        name="Acme's books",
        connector="keyring",
        auth="oauth2_code",
        base_url=far.url,
        mark=Connection.Mark.SANDBOX,
    )
    secrets = {"client_id": "our-client-id", "client_secret": "our-secret"}
    connections.save_secrets(made, {**secrets, "access_token": far.access, "refresh_token": far.refresh})
    made.token_expires_at = timezone.now() - timedelta(seconds=1)
    made.save(update_fields=["token_expires_at"])
    return made
