"""A process may die at every boundary of a write, and answers may be lost or come late: it happens once all the same."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.sdk import errors
from connectors.sdk.operation import Write
from connectors.sdk.wire import Json
from integrations.effects.models import CrossReference, Effect
from integrations.engine.waiting import Held
from integrations.runs.models import Run
from tests.effects.conftest import Means, World, operation, time_passes
from tests.effects.mortal import Died, Fate, MortalWriter

LOST = errors.OutcomeUnknown("The answer was lost.")
TRIES = 8
BOUNDARIES = 6  # commit, send, commit with the record, commit of the rest: before and after each
WEEK = timedelta(days=7)
Attempt = Callable[[Run, MortalWriter], Json]


def lives_on(world: World, run: Run, attempt: Attempt, deaths: Sequence[int]) -> tuple[Json, bool]:
    """Try until it is done, dying in the first tries at the given boundaries. (output, whether a death came true)"""
    died = False
    for number in range(TRIES):
        fate = Fate(deaths[number] if number < len(deaths) else 0)
        world.far.passing = fate.passing
        try:
            return attempt(world.claimed_again(run), MortalWriter(fate)), died
        except Died:
            died = True
        except (errors.Transient, Held):
            pass
        time_passes()
    pytest.fail("It is not done after all these tries.")


def make(world: World, write: Write, total: str = "10.00") -> Attempt:
    return lambda run, writer: world.write(run, write, {"total": total}, "box-1", means=Means(writer))


def boundaries(world: World, attempt: Attempt) -> int:
    """How many boundaries one undisturbed attempt passes."""
    fate = Fate(0)
    world.far.passing = fate.passing
    attempt(world.run(), MortalWriter(fate))
    return fate.passed


STRATEGIES = ["native", "marker", "lookup"]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_there_are_boundaries_before_the_intent_after_it_after_the_send_and_after_the_commit(
    world: World, strategy: str
) -> None:
    assert boundaries(world, make(world, operation(strategy))) == BOUNDARIES


@pytest.mark.parametrize("at", range(1, BOUNDARIES + 1))
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_death_at_any_boundary_leaves_one_document(world: World, strategy: str, at: int) -> None:
    world.far.native = strategy == "native"
    output, died = lives_on(world, world.run(), make(world, operation(strategy)), [at])

    assert died
    assert list(world.far.documents) == [output["id"]]
    effect = Effect.objects.get()
    assert (effect.state, effect.far_id, str(effect.amount)) == ("confirmed", output["id"], "10.0000")
    assert CrossReference.objects.count() == 1


@pytest.mark.parametrize("second", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("first", [2, 3, 4])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_dying_again_while_recovering_leaves_one_document(
    world: World, strategy: str, first: int, second: int
) -> None:
    world.far.native = strategy == "native"
    lives_on(world, world.run(), make(world, operation(strategy)), [first, second])
    assert len(world.far.documents) == 1
    assert Effect.objects.get().state == "confirmed"


@pytest.mark.parametrize("looks", [0, 1])
@pytest.mark.parametrize("strategy", ["marker", "lookup"])
def test_a_write_that_lands_after_our_look_up_is_found_by_the_next(
    world: World, strategy: str, looks: int
) -> None:
    world.far.native = False
    world.far.late = [looks]
    lives_on(world, world.run(), make(world, operation(strategy)), [])
    assert (len(world.far.documents), len(world.far.sent)) == (1, 1)


def test_a_second_sending_that_is_lost_as_well_gets_its_own_time_to_land(world: World) -> None:
    """The first is surely absent, so it is sent again; the second lands late, and is looked for twice as well."""
    world.far.native = False
    world.far.before = [LOST]
    run, write = world.run(), operation("lookup")
    for _ in range(2):
        with pytest.raises(errors.Transient):
            world.write(run, write, {"total": "10.00"}, "box-1")
    time_passes()
    world.far.late = [1]
    with pytest.raises(errors.Transient):
        world.write(run, write, {"total": "10.00"}, "box-1")
    assert len(world.far.sent) == 2
    with pytest.raises(errors.Transient, match="not find it"):
        world.write(run, write, {"total": "10.00"}, "box-1")

    world.write(run, write, {"total": "10.00"}, "box-1")

    assert (len(world.far.documents), len(world.far.sent)) == (1, 2)


@pytest.mark.parametrize("at", [3, 4, 5])
def test_without_a_strategy_a_death_after_the_intent_goes_to_a_person_and_nothing_is_sent_again(
    world: World, at: int
) -> None:
    sent = 0 if at == 3 else 1
    with pytest.raises(errors.OutcomeUnknown, match="no way to look it up"):
        lives_on(world, world.run(), make(world, operation("none")), [at])
    assert len(world.far.sent) == sent
    assert Effect.objects.get().state == "unknown"


def test_a_look_up_that_may_miss_things_leaves_absence_to_a_person(world: World) -> None:
    write = operation("lookup")
    index = replace(write, idempotency=replace(write.idempotency, authoritative=False))
    world.far.native = False
    world.far.before = [LOST]
    with pytest.raises(errors.OutcomeUnknown, match="for certain"):
        lives_on(world, world.run(), make(world, index), [])
    assert len(world.far.sent) == 1


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (errors.Auth("Signed out."), errors.Auth),
        (errors.RateLimited("Slow down.", retry_after=5), errors.RateLimited),
        (errors.Conflict("The key is in use."), errors.Transient),
        (errors.Transient("Not now."), errors.Transient),
    ],
)
def test_a_refusal_at_the_gate_of_a_repeated_request_says_nothing_about_the_first(
    world: World, trouble: errors.Failure, kind: type[errors.Failure]
) -> None:
    run = world.run()
    world.far.after = [LOST]
    with pytest.raises(errors.Transient):
        world.write(run, operation("native"), {"total": "10.00"}, "box-1")
    world.far.before = [trouble]
    with pytest.raises(kind):
        world.write(run, operation("native"), {"total": "99.00"}, "box-1")
    assert Effect.objects.get().state == "unknown"

    world.write(run, operation("native"), {"total": "99.00"}, "box-1")

    assert [one["total"] for one in world.far.documents.values()] == ["10.00"]


def test_a_native_key_whose_window_is_over_is_looked_up(world: World) -> None:
    run = world.run()
    world.far.after = [LOST]
    with pytest.raises(errors.Transient):
        world.write(run, operation("native"), {"total": "10.00"}, "box-1")
    world.far.native = False
    time_passes(minutes=60 * 24 * 8)
    write = operation("native")
    from_sage = replace(write, idempotency=replace(write.idempotency, window=WEEK))
    world.write(run, from_sage, {"total": "10.00"}, "box-1")
    assert (len(world.far.documents), len(world.far.sent)) == (1, 1)


def test_an_answer_that_cannot_be_read_leaves_the_outcome_unknown(world: World) -> None:
    def unreadable(_data: Json, _response: object) -> Json:
        raise errors.Data("No total in the answer.")

    run, write = world.run(), operation("native")
    with pytest.raises(errors.Transient, match="may have been written"):
        world.write(run, replace(write, result=unreadable), {"total": "10.00"}, "box-1")
    assert Effect.objects.get().state == "unknown"
