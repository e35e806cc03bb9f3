"""The effect ledger over REST."""

from integrations.effects.models import CrossReference
from integrations.failures.models import Occurrence
from integrations.payloads.codec import digest, pack
from tests.api.test_runs import queries
from tests.api.world import World


def test_an_effect_shows_what_was_meant_and_what_came_of_it(world: World) -> None:
    effect = world.effect(world.run())
    shown = world.client().get(f"/api/v1/effects/{effect.pk}/").json()
    assert shown["payload"] == {"contact_id": "c-1", "invoice_lines": [], "notes": ""}
    assert shown["result"] == {"id": "inv-1"}
    assert shown["amount"] == {"amount": "1240.50", "currency": "GBP"}
    assert (shown["identity"], shown["keys"]) == ([effect.identity], [effect.identity])
    assert shown["conflict"] is None
    assert "request" not in shown


def test_a_conflict_shows_the_payload_that_met_it(world: World) -> None:
    run = world.run()
    effect = world.effect(run)
    failure = world.failure(run, code="payload_changed", kind="conflict", info={"effect": effect.pk})
    intended = {"customer_id": "c-1", "lines": [1]}
    Occurrence.objects.filter(failure=failure).update(
        info={"effect": effect.pk}, payloads=pack({"confirmed": {}, "intended": intended}, klass="effect")
    )
    shown = world.client().get(f"/api/v1/effects/{effect.pk}/").json()
    assert shown["conflict"] == {"payload": intended, "payload_hash": digest(intended)}


def test_the_list_is_without_payloads_and_takes_the_same_number_of_queries(world: World) -> None:
    client, run = world.client(), world.run()
    world.effect(run)
    few = queries(client, "/api/v1/effects/")
    for _ in range(8):
        world.effect(run)
    assert queries(client, "/api/v1/effects/") == few <= 6
    assert "payload" not in client.get("/api/v1/effects/").json()["results"][0]


def test_an_effect_stays_visible_in_its_environment_only(world: World) -> None:
    effect = world.effect(world.run())
    assert world.client("prod_viewer").get(f"/api/v1/effects/{effect.pk}/").status_code == 404
    assert world.client("prod_viewer").get("/api/v1/effects/").json()["results"] == []
    assert (
        len(
            world.client("viewer")
            .get("/api/v1/effects/?state=confirmed&record=sales_invoice")
            .json()["results"]
        )
        == 1
    )


def test_a_cross_reference_is_found_from_both_sides(world: World) -> None:
    effect = world.effect(world.run())
    CrossReference.objects.create(
        environment=world.dev,
        source_record="box",
        source_id="agxBOX1",
        account=effect.account,
        record=effect.record,
        far_id="inv-1",
        effect=effect,
    )
    client = world.client("viewer")
    for key in ("agxBOX1", "inv-1"):
        (shown,) = client.get("/api/v1/cross-references/", {"key": key}).json()["results"]
        assert (shown["source_id"], shown["far_id"], shown["effect"]) == ("agxBOX1", "inv-1", effect.pk)
    assert client.get("/api/v1/cross-references/").status_code == 400
    assert world.client("prod_viewer").get("/api/v1/cross-references/?key=inv-1").json()["results"] == []
