"""Undoing in the admin: previewed, with a reason, once."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from connectors.sage50.tests.far import sage
from integrations.access.models import AuditEntry
from integrations.effects import previews
from integrations.effects.models import Effect, Undoing
from tests.admin.world import World
from tests.api.test_compensation import POSTED


@pytest.fixture
def effect(world: World, monkeypatch: pytest.MonkeyPatch) -> Effect:
    monkeypatch.setattr(
        previews, "call_on", lambda *_: sage().on("GET", "/sales_invoices/INV-2041", json=POSTED).call()
    )
    return Effect.objects.get(far_id="INV-2041")


def test_the_effects_page_leads_to_a_preview_and_the_reason_asks_for_it(
    world: World, effect: Effect, as_person: Callable[[str], Client]
) -> None:
    client = as_person("operator")
    page = client.get(reverse("admin:integrations_effect_change", args=[effect.pk])).content.decode()
    url = reverse("admin:effect-undo", args=[effect.pk])
    assert url in page

    preview = client.get(url).content.decode()
    assert "Credit SI-57?" in preview
    assert "1444.56 GBP" in preview
    assert client.post(url, {"confirmed": "yes"}).status_code == 422
    assert not Undoing.objects.exists()

    client.post(url, {"confirmed": "yes", "note": "Ordered twice."})
    asked = Undoing.objects.get()
    assert (asked.effect, asked.reason) == (effect, "Ordered twice.")
    assert AuditEntry.objects.filter(action="effect.undo", note="Ordered twice.").exists()
    after = client.get(reverse("admin:integrations_effect_change", args=[effect.pk])).content.decode()
    assert "Ordered twice." in after
    assert url not in after


def test_only_operators_ask(world: World, effect: Effect, as_person: Callable[[str], Client]) -> None:
    url = reverse("admin:effect-undo", args=[effect.pk])
    assert as_person("viewer").post(url, {"note": "Mine."}).status_code == 403
    assert not Undoing.objects.exists()
