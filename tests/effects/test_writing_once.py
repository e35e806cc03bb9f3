"""Every business effect happens once, whatever is lost on the way."""

from dataclasses import replace

import pytest

from connectors.sdk import errors
from connectors.sdk.operation import Write
from connectors.sdk.wire import Request
from integrations.effects.content import meant
from integrations.effects.models import CrossReference, Effect, EffectKey, FieldPosition
from integrations.engine.node import EffectSpec
from integrations.engine.waiting import EffectInFlight, Superseded
from integrations.payloads import codec
from integrations.runs.models import StepEntry
from tests.effects.conftest import World, operation

LOST = errors.OutcomeUnknown("The answer was lost.")


def test_a_create_is_sent_once_and_its_result_kept_with_amount_and_cross_reference(world: World) -> None:
    output = world.write(world.run(), operation(), {"total": "10.00"}, "box-1")

    effect = Effect.objects.get()
    assert (effect.state, effect.far_id, str(effect.amount), effect.currency) == (
        "confirmed",
        "F-1",
        "10.0000",
        "GBP",
    )
    assert codec.unpack(effect.output) == output
    assert CrossReference.objects.get().source_id == "box-1"
    assert StepEntry.objects.get().effect_id == effect.pk


def test_a_second_run_of_the_same_record_adopts_the_result(world: World) -> None:
    first = world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    second = world.write(world.run(), operation(), {"total": "10.00"}, "box-1")

    assert first == second
    assert len(world.far.sent) == 1


def test_another_flow_step_or_connection_to_the_same_account_meets_the_same_effect(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1", path="make")
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1", path="made_elsewhere")

    assert len(world.far.sent) == 1


def test_changed_content_under_a_confirmed_identity_is_held_with_both_payloads(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")

    with pytest.raises(errors.Conflict) as held:
        world.write(world.run(), operation(), {"total": "12.00"}, "box-1")

    assert held.value.info["confirmed"] == {"total": "10.00"}
    assert held.value.info["intended"] == {"total": "12.00"}
    assert len(world.far.sent) == 1


@pytest.mark.parametrize("standing", ["void", "gone"])
def test_a_record_that_no_longer_stands_goes_to_a_person(world: World, standing: str) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    world.far.documents["F-1"]["void"] = True
    if standing == "gone":
        world.far.documents.clear()

    with pytest.raises(errors.Conflict, match=standing):
        world.write(world.run(), operation(), {"total": "10.00"}, "box-1")

    assert len(world.far.sent) == 1


def test_a_lost_answer_is_repeated_natively_with_the_stored_request(world: World) -> None:
    run = world.run()
    world.far.after = [LOST]
    with pytest.raises(errors.Transient, match="looked up"):
        world.write(run, operation("native"), {"total": "10.00"}, "box-1")
    assert Effect.objects.get().state == "unknown"

    world.write(run, operation("native"), {"total": "999.00"}, "box-1")

    assert [request.json for request in world.far.sent] == [world.far.sent[0].json] * 2
    assert list(world.far.documents) == ["F-1"]
    assert Effect.objects.get().state == "confirmed"


def test_a_lost_answer_is_looked_up_and_adopted_without_a_second_send(world: World) -> None:
    run = world.run()
    world.far.native = False
    world.far.after = [LOST]
    with pytest.raises(errors.Transient):
        world.write(run, operation("lookup"), {"total": "10.00"}, "box-1")

    world.write(run, operation("lookup"), {"total": "10.00"}, "box-1")

    assert len(world.far.sent) == 1
    effect = Effect.objects.get()
    assert (effect.state, effect.far_id, effect.matched_by) == ("confirmed", "F-1", "total")


def test_absent_is_believed_only_after_two_empty_look_ups_and_the_settle_time(world: World) -> None:
    run = world.run()
    world.far.native = False
    world.far.before = [LOST]
    for _ in range(3):
        with pytest.raises(errors.Transient):
            world.write(run, operation("lookup"), {"total": "10.00"}, "box-1")
    assert len(world.far.sent) == 1

    effect = Effect.objects.get()
    Effect.objects.update(intended_at=effect.intended_at.replace(year=effect.intended_at.year - 1))
    world.write(run, operation("lookup"), {"total": "10.00"}, "box-1")

    assert len(world.far.sent) == 2
    assert list(world.far.documents) == ["F-1"]


def test_several_candidates_go_to_a_person(world: World) -> None:
    run = world.run()
    world.far.native = False
    world.far.documents = {"A": {"id": "A", "total": "10.00"}, "B": {"id": "B", "total": "10.00"}}
    world.far.before = [LOST]
    with pytest.raises(errors.Transient):
        world.write(run, operation("lookup"), {"total": "10.00"}, "box-1")

    with pytest.raises(errors.OutcomeUnknown, match="2 records"):
        world.write(run, operation("lookup"), {"total": "10.00"}, "box-1")
    assert len(world.far.sent) == 1


def test_a_record_another_effect_owns_is_not_ours(world: World) -> None:
    world.far.native = False
    world.write(world.run(), operation("lookup"), {"total": "10.00"}, "box-1")
    run = world.run()
    world.far.before = [LOST]
    with pytest.raises(errors.Transient):
        world.write(run, operation("lookup"), {"total": "10.00"}, "box-2")
    with pytest.raises(errors.Transient, match="not find it"):
        world.write(run, operation("lookup"), {"total": "10.00"}, "box-2")


def test_without_any_strategy_an_unknown_outcome_goes_to_a_person(world: World) -> None:
    run = world.run()
    world.far.before = [LOST]
    with pytest.raises(errors.OutcomeUnknown):
        world.write(run, operation("none"), {"total": "10.00"}, "box-1")
    with pytest.raises(errors.OutcomeUnknown):
        world.write(run, operation("none"), {"total": "10.00"}, "box-1")
    assert len(world.far.sent) == 1


def test_a_refusal_frees_the_identity_for_a_corrected_request(world: World) -> None:
    run = world.run()
    world.far.before = [errors.Data("The total is wrong.", pointer="/total")]
    with pytest.raises(errors.Data):
        world.write(run, operation(), {"total": "x"}, "box-1")
    assert Effect.objects.get().state == "refused"

    world.write(run, operation(), {"total": "10.00"}, "box-1")

    effect = Effect.objects.get()
    assert (effect.state, meant(effect)) == ("confirmed", {"total": "10.00"})


def test_a_run_that_meets_anothers_unsettled_effect_waits_for_it(world: World) -> None:
    first, second = world.run(), world.run()
    world.far.after = [LOST]
    with pytest.raises(errors.Transient):
        world.write(first, operation(), {"total": "10.00"}, "box-1")

    with pytest.raises(EffectInFlight) as waiting:
        world.write(second, operation(), {"total": "10.00"}, "box-1")

    assert waiting.value.token == f"effect:{Effect.objects.get().pk}"
    assert len(world.far.sent) == 1


def test_an_empty_identity_is_refused_before_anything_is_sent(world: World) -> None:
    with pytest.raises(errors.Data, match="once per"):
        world.write(world.run(), operation(), {"total": "10.00"}, "  ")
    assert world.far.sent == []


CUSTOMER = {"key": "org-1", "email": "a@b.test", "name": "Acme", "total": "0"}


def test_find_or_create_adopts_what_it_finds_without_writing(world: World) -> None:
    world.far.documents = {"C-9": {"id": "C-9", "name": "Acme", "total": "0"}}

    assert world.write(world.run(), operation(existing=True), CUSTOMER)["id"] == "C-9"

    assert world.far.sent == []
    assert Effect.objects.get().matched_by == "name"


def test_find_or_create_is_met_by_any_of_its_keys(world: World) -> None:
    world.write(world.run(), operation(existing=True), CUSTOMER)
    world.write(world.run(), operation(existing=True), {**CUSTOMER, "key": "org-2", "name": "Acme Ltd"})
    world.write(world.run(), operation(existing=True), {**CUSTOMER, "email": "c@d.test", "key": "org-2"})

    assert len(world.far.sent) == 1
    assert EffectKey.objects.count() == 4


def test_keys_of_two_different_records_go_to_a_person(world: World) -> None:
    world.write(world.run(), operation(existing=True), CUSTOMER)
    world.write(
        world.run(),
        operation(existing=True),
        {"key": "org-2", "email": "c@d.test", "name": "Beta", "total": "0"},
    )

    with pytest.raises(errors.Conflict, match="point to"):
        world.write(world.run(), operation(existing=True), {**CUSTOMER, "email": "c@d.test"})
    assert len(world.far.sent) == 2


def update() -> Write:
    """The same far system, written as an update of one field."""
    return replace(
        operation(),
        effect="update",
        prepare=lambda _call, data, mark: Request(
            "POST", "/x", json={"total": data["total"], "guid": data["total"]}, far_id="box-1"
        ),
        unmarked=lambda request: {"total": request.json["total"]},
    )


def position(number: int) -> EffectSpec:
    return EffectSpec(identity=(), source="sage:1", position=str(number))


def test_an_update_of_an_older_position_is_superseded(world: World) -> None:
    world.write(world.run(), update(), {"total": "2"}, spec=position(20))
    with pytest.raises(Superseded):
        world.write(world.run(), update(), {"total": "1"}, spec=position(9))

    assert [request.json["total"] for request in world.far.sent] == ["2"]


def test_the_same_update_is_a_no_op_and_a_corrected_one_is_sent(world: World) -> None:
    for total in ("1", "1", "2"):
        world.write(world.run(), update(), {"total": total}, spec=position(5))

    assert [request.json["total"] for request in world.far.sent] == ["1", "2"]
    assert FieldPosition.objects.get().position.endswith("5")
