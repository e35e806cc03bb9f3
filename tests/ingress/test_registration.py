"""Far systems are told where to call, and told again when anything of it changes; a refusal is noted and tried again."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.sdk import errors, registry
from integrations.ingress import registration
from integrations.ingress.models import Endpoint
from integrations.ingress.registration import announce_due, bring_in_line
from integrations.vault.seal import seal
from tests.effects.conftest import World, world
from tests.ingress.test_webhook_door import SECRET, TRIGGER

__all__ = ["world"]


@dataclass
class Far:
    """What the far system was told, in order."""

    told: list[tuple[str, Any]] = field(default_factory=list)
    refusal: errors.Failure | None = None

    def enable(self, _call: Any, url: str, secret: str, config: Any) -> Any:
        if self.refusal:
            raise self.refusal
        self.told.append(("enable", (url, secret, dict(config))))
        return {"hook": len(self.told)}

    def disable(self, _call: Any, state: Any) -> None:
        self.told.append(("disable", state))

    @property
    def verbs(self) -> list[str]:
        return [verb for verb, _ in self.told]


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch, world: World) -> Far:
    made = Far()
    trigger = replace(TRIGGER, enable=made.enable, disable=made.disable)
    monkeypatch.setattr(registry, "trigger", lambda _key: trigger)
    monkeypatch.setattr(registration, "_connection", lambda _endpoint: world.connection)
    monkeypatch.setattr(registration, "_call", lambda _connection: None)
    return made


@pytest.fixture
def endpoint(world: World) -> Endpoint:
    made = Endpoint.objects.create(
        environment=world.environment,
        flow_key="flow",
        node="start",
        path="p4th",
        trigger="far.happened",
        config={"pipeline": "Sales"},
        announce_at=timezone.now(),
    )
    made.sealed_secret = seal({"token": SECRET}, f"endpoint:{made.pk}")
    made.save()
    return made


def test_an_open_endpoint_is_announced_once(far: Far, endpoint: Endpoint) -> None:
    assert (announce_due(), announce_due()) == (1, 0)

    endpoint.refresh_from_db()
    assert far.told == [("enable", (registration.endpoint_url(endpoint), SECRET, {"pipeline": "Sales"}))]
    assert (endpoint.announce_at, endpoint.announce_note) == (None, "")
    assert not bring_in_line(endpoint)


def test_a_changed_setting_is_told_anew_and_a_closed_endpoint_is_taken_back(
    far: Far, endpoint: Endpoint
) -> None:
    announce_due()
    for change in ({"config": {"pipeline": "Renewals"}}, {"active": False}):
        Endpoint.objects.update(**change, announce_at=timezone.now())
        announce_due()

    endpoint.refresh_from_db()
    assert far.verbs == ["enable", "disable", "enable", "disable"]
    assert endpoint.registration is None


def test_a_refusal_is_noted_and_tried_again_later(far: Far, endpoint: Endpoint) -> None:
    far.refusal = errors.Auth("Streak does not accept the API key.")
    assert announce_due() == 0
    endpoint.refresh_from_db()
    assert endpoint.announce_note == "Streak does not accept the API key."
    assert endpoint.announce_at is not None
    assert endpoint.announce_at > timezone.now() + timedelta(seconds=30)

    far.refusal = None
    Endpoint.objects.update(announce_at=timezone.now())
    assert announce_due() == 1
    endpoint.refresh_from_db()
    assert endpoint.announce_note == ""


def test_an_endpoint_that_changes_while_it_is_announced_is_looked_at_again(
    far: Far, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(_call: Any, url: str, secret: str, config: Any) -> Any:
        Endpoint.objects.update(active=False, announce_at=timezone.now())
        return {"hook": 1}

    trigger = replace(TRIGGER, enable=meanwhile, disable=far.disable)
    monkeypatch.setattr(registry, "trigger", lambda _key: trigger)
    announce_due()
    announce_due()

    endpoint.refresh_from_db()
    assert (far.verbs, endpoint.registration, endpoint.announce_at) == (["disable"], None, None)
