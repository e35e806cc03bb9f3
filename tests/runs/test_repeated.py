"""The event is stored once, however many steps put it out; whoever looks at a step sees it whole."""

import pytest

from integrations.payloads import codec
from integrations.runs.admin_page import page_of
from integrations.runs.models import Run, StepEntry
from integrations.runs.step_row import entries_of
from tests.api.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def noted(world: World) -> Run:
    run = world.run()
    step = world.step(run, "won")
    StepEntry.objects.filter(pk=step.pk).update(output=codec.THE_EVENT)
    return run


def test_a_step_that_put_out_the_event_shows_it(world: World) -> None:
    run = noted(world)
    event = codec.unpack(run.event.data)
    assert event
    assert entries_of(run.pk)["won"].output == event
    (line,) = [line for line in page_of(run, "won").lines if line.path == "won"]
    assert line.attempts[-1].output == event
    answer = world.client().get(f"/api/v1/runs/{run.pk}/steps/", {"path": "won"})
    assert answer.json()["output"] == event


def test_after_an_edited_retry_it_is_the_edited_one(world: World) -> None:
    run = noted(world)
    Run.objects.filter(pk=run.pk).update(input_edit=codec.pack({"edited": True}, klass="event"))
    assert entries_of(run.pk)["won"].output == {"edited": True}
