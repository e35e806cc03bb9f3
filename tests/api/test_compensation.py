"""Undoing over REST: previewed without writing, asked for once, with a reason and on record."""

from typing import Any

import pytest

from connectors.sage50.tests.far import INVOICE, sage
from integrations.access.models import AuditEntry
from integrations.effects import previews
from integrations.effects.models import CrossReference, Effect, Undoing
from integrations.vault.models import Connection
from tests.api.world import World

POSTED = {
    **INVOICE,
    "status": {"id": "UNPAID"},
    "invoice_lines": [{"description": "Chair", "quantity": "40", "net_amount": 1203.8, "tax_amount": 240.76}],
}


@pytest.fixture
def effect(world: World, monkeypatch: pytest.MonkeyPatch) -> Effect:
    """A posted invoice in Sage, as its connection shows it."""
    connection = Connection.objects.get(key="sage-books")
    monkeypatch.setattr(
        previews,
        "call_on",
        lambda *_: sage().on("GET", "/sales_invoices/i1", json=POSTED).call(),
    )
    return world.effect(world.run(), far_id="i1", connection=connection)


def ask(world: World, effect: Effect, who: str = "operator", **body: Any) -> Any:
    return world.client(who).post(f"/api/v1/effects/{effect.pk}/compensation/", body, format="json")


def shown(world: World, effect: Effect, who: str = "viewer") -> Any:
    return world.client(who).get(f"/api/v1/effects/{effect.pk}/compensation/").json()


def test_the_preview_says_in_words_and_numbers_what_would_be_written(world: World, effect: Effect) -> None:
    told = shown(world, effect)
    assert (told["title"], told["asked"], told["problem"]) == ("Undo this invoice", None, None)
    preview = told["preview"]
    assert (preview["title"], preview["reference"]) == ("Credit SI-57", "SI-57")
    assert preview["total"] == {"amount": "1444.56", "currency": "GBP"}
    assert preview["lines"] == [{"text": "Chair", "quantity": "40", "net": "1203.80", "tax": "240.76"}]
    assert not Undoing.objects.exists()


def test_asking_is_kept_once_with_its_reason_and_on_record(world: World, effect: Effect) -> None:
    seen = shown(world, effect)["preview"]["seen"]
    first = ask(world, effect, reason="Ordered twice.", seen=seen)
    again = ask(world, effect, reason="Something else.")

    assert (first.status_code, first.json()["state"]) == (202, "asked")
    assert again.json()["reason"] == "Ordered twice."
    asked = Undoing.objects.get()
    assert (asked.by, asked.seen, asked.due_at is not None) == ("operator", seen, True)
    assert AuditEntry.objects.filter(action="effect.undo", note="Ordered twice.").exists()
    told = shown(world, effect)
    assert (told["preview"], told["asked"]["state"]) == (None, "asked")


def test_a_reason_and_the_operators_role_are_needed(world: World, effect: Effect) -> None:
    assert ask(world, effect).status_code == 400
    assert ask(world, effect, reason="  ").status_code == 400
    assert ask(world, effect, "viewer", reason="Mine.").status_code == 403
    assert not Undoing.objects.exists()


def test_what_cannot_be_undone_says_so(world: World) -> None:
    effect = world.effect(world.run(), operation="streak.update_box", kind="update")
    told = shown(world, effect)
    assert (told["title"], told["preview"]) == (None, None)
    assert "can't be undone" in told["problem"]
    assert ask(world, effect, reason="Why not.").status_code == 409


def test_a_far_system_that_does_not_answer_leaves_no_preview_but_a_sentence(
    world: World, effect: Effect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        previews,
        "call_on",
        lambda *_: sage().on("GET", "/sales_invoices/i1", status=503).call(),
    )
    told = shown(world, effect)
    assert told["preview"] is None
    assert "problem of its own" in told["problem"]


def test_effect_and_cross_reference_show_what_undid_the_record(world: World, effect: Effect) -> None:
    CrossReference.objects.create(
        environment=world.dev,
        source_record="streak.box",
        source_id="agxBOX1",
        account=effect.account,
        record=effect.record,
        far_id="i1",
        effect=effect,
    )
    ask(world, effect, reason="Ordered twice.")
    note = world.effect(
        world.run(), record="sales_credit_note", far_id="n1", operation="sage50.credit_invoice"
    )
    Undoing.objects.update(state="done", done_by=note)
    client = world.client("viewer")

    detail = client.get(f"/api/v1/effects/{effect.pk}/").json()
    (row,) = client.get("/api/v1/cross-references/", {"key": "agxBOX1"}).json()["results"]

    assert detail["undo"] == "Undo this invoice"
    for told in (detail["undoing"], row["undoing"]):
        assert (told["state"], told["done_by"], told["reason"]) == ("done", note.pk, "Ordered twice.")
