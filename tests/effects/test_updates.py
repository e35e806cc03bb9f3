"""Updates of one far record take turns, in the order of their source, whatever is lost on the way."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.sdk import errors
from connectors.sdk.operation import Mark, Match, Write
from connectors.sdk.wire import Json, Request, Response
from integrations.effects import positions
from integrations.effects.models import Effect, EffectKey, FieldPosition
from integrations.engine.node import EffectSpec
from integrations.engine.waiting import EffectInFlight, Superseded
from tests.effects.conftest import FarSystem, World, operation

LOST = errors.OutcomeUnknown("The answer was lost.")


class Box(FarSystem):
    """One record whose fields are written over."""

    def _write(self, body: dict[str, Json]) -> Json:
        self.documents.setdefault("box-1", {"id": "box-1"}).update(body)
        return self.documents["box-1"]


def update() -> Write:
    def find(call: Any, request: Request, _mark: Mark) -> list[Match]:
        now = call.documents.get("box-1", {})
        holds = all(now.get(name) == value for name, value in request.json.items())
        return [Match("box-1", now, matched_by="read back")] if holds else []

    def result(_data: Json, response: Response) -> Json:
        return response.json

    return replace(
        operation("lookup"),
        effect="update",
        prepare=lambda _call, data, _mark: Request("POST", "/boxes/box-1", json=data, far_id="box-1"),
        unmarked=lambda request: request.json,
        result=result,
        find=find,
        amount=lambda _output: None,
    )


def at(position: str, source: str = "sage:1") -> EffectSpec:
    return EffectSpec(identity=(), source=source, position=position)


@pytest.fixture
def boxed(world: World) -> World:
    world.far = Box()
    return world


def sent(world: World) -> list[Json]:
    return [request.json for request in world.far.sent]


def test_an_older_position_of_the_same_source_is_overtaken_and_sends_nothing(boxed: World) -> None:
    boxed.write(boxed.run(), update(), {"total": "2"}, spec=at("20"))
    with pytest.raises(Superseded):
        boxed.write(boxed.run(), update(), {"total": "1"}, spec=at("9"))
    assert sent(boxed) == [{"total": "2"}]


def test_other_fields_of_an_older_position_are_sent(boxed: World) -> None:
    boxed.write(boxed.run(), update(), {"total": "2"}, spec=at("20"))
    boxed.write(boxed.run(), update(), {"name": "Old"}, spec=at("9"))
    assert sent(boxed) == [{"total": "2"}, {"name": "Old"}]


def test_the_same_position_and_content_is_a_no_op_with_the_output_of_the_first(boxed: World) -> None:
    first = boxed.write(boxed.run(), update(), {"total": "2"}, spec=at("20"))
    again = boxed.write(boxed.run(), update(), {"total": "2"}, spec=at("20"))
    assert (first, len(boxed.far.sent), Effect.objects.count()) == (again, 1, 1)


def test_the_same_position_with_other_content_is_sent_and_so_is_the_way_back(boxed: World) -> None:
    """A corrected mapping, and the correction taken back: each is what the record should hold now."""
    for total in ("1", "2", "1"):
        boxed.write(boxed.run(), update(), {"total": total}, spec=at("5"))
    assert [one["total"] for one in sent(boxed)] == ["1", "2", "1"]
    assert [effect.generation for effect in Effect.objects.order_by("pk")] == [1, 1, 2]


def test_two_sources_never_overtake_each_other_but_each_keeps_its_own_order(boxed: World) -> None:
    boxed.write(boxed.run(), update(), {"total": "1"}, spec=at("10", "sage:1"))
    boxed.write(boxed.run(), update(), {"total": "2"}, spec=at("5", "sage:2"))
    with pytest.raises(Superseded):
        boxed.write(boxed.run(), update(), {"total": "0"}, spec=at("8", "sage:1"))
    assert [one["total"] for one in sent(boxed)] == ["1", "2"]


def test_without_a_stamp_the_order_of_arrival_counts(boxed: World) -> None:
    early, late = boxed.run(), boxed.run()
    boxed.write(late, update(), {"total": "2"}, spec=at("", "box-1"))
    with pytest.raises(Superseded):
        boxed.write(early, update(), {"total": "1"}, spec=at("", "box-1"))
    assert FieldPosition.objects.get().source == "box-1 (arrival)"


def test_positions_compare_numbers_by_value_and_times_by_instant() -> None:
    ordered = ["9", "10", "2026-01-01T00:00:00+02:00", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01+00:00"]
    keys = [positions.comparable(one) for one in ordered]
    assert keys == sorted(keys)
    with pytest.raises(errors.Data, match="version number or a time"):
        positions.comparable("x" * 65)


def test_a_writer_of_the_same_record_waits_while_another_is_unsettled(boxed: World) -> None:
    first, second = boxed.run(), boxed.run()
    boxed.far.after = [LOST]
    with pytest.raises(errors.Transient):
        boxed.write(first, update(), {"total": "1"}, spec=at("1"))

    with pytest.raises(EffectInFlight):
        boxed.write(second, update(), {"name": "B"}, spec=at("2", "sage:2"))

    boxed.write(first, update(), {"total": "1"}, spec=at("1"))
    boxed.write(second, update(), {"name": "B"}, spec=at("2", "sage:2"))
    assert sent(boxed) == [{"total": "1"}, {"name": "B"}]
    assert not EffectKey.objects.exists()


def test_a_lost_update_is_read_back_before_it_is_sent_again(boxed: World) -> None:
    run = boxed.run()
    boxed.far.after = [LOST]
    with pytest.raises(errors.Transient):
        boxed.write(run, update(), {"total": "1"}, spec=at("1"))
    boxed.write(run, update(), {"total": "1"}, spec=at("1"))
    assert len(boxed.far.sent) == 1
    boxed.far.before = [LOST]
    with pytest.raises(errors.Transient):
        boxed.write(run, update(), {"total": "2"}, spec=at("2"))
    boxed.write(run, update(), {"total": "2"}, spec=at("2"))
    assert [one["total"] for one in sent(boxed)] == ["1", "2", "2"]
    assert FieldPosition.objects.get().position.endswith("2")


def test_a_refused_update_gives_the_record_free(boxed: World) -> None:
    boxed.far.before = [errors.Data("No such field.")]
    run = boxed.run()
    with pytest.raises(errors.Data):
        boxed.write(run, update(), {"totl": "1"}, spec=at("1"))
    boxed.write(boxed.run(), update(), {"total": "1"}, spec=at("1"))
    boxed.write(run, update(), {"totl": "1"}, spec=at("1"))
    assert [effect.state for effect in Effect.objects.order_by("pk")] == ["refused", "confirmed", "confirmed"]


def test_an_update_needs_to_know_its_target(boxed: World) -> None:
    nowhere = replace(update(), prepare=lambda _call, data, _mark: Request("POST", "/x", json=data))
    with pytest.raises(errors.Data, match="which record"):
        boxed.write(boxed.run(), nowhere, {"total": "1"}, spec=at("1"))
