"""The live socket: who gets in, what is told first, what then, and that nobody hears what they may not see."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session

from integrations.access.models import Membership
from integrations.live import consumer
from integrations.live.tails import Hub
from integrations.runs.models import Run
from tests.api.world import FLOW, World
from tests.live.browser import hub, session_of, tab

Scene = Callable[[Hub], Awaitable[None]]


def play(scene: Scene) -> None:
    """Run a scene on an event loop of its own, with a hub of its own."""

    async def whole() -> None:
        with pytest.MonkeyPatch.context() as patch:
            async with hub(patch) as made:
                await scene(made)

    asyncio.run(whole())


@sync_to_async
def in_database(act: Callable[[], Any]) -> Any:
    return act()


def test_a_run_is_told_whole_first_and_then_as_it_changes(world: World) -> None:
    run, session = world.run(state=Run.State.RUNNING), session_of(world.people["viewer"])
    world.step(run, "deal")

    async def scene(_hub: Hub) -> None:
        async with tab(session) as (page, accepted):
            assert accepted
            await page.say(op="sub", topic=f"run:{run.pk}", after=0)
            first = await page.hear()
            assert (first["type"], first["topic"], first["seq"]) == ("snapshot", f"run:{run.pk}", 1)
            assert first["ts"].endswith("Z")
            assert first["data"]["run"]["state"] == "running"
            assert [step["path"] for step in first["data"]["steps"]] == ["deal"]
            await in_database(lambda: world.step(run, "is_won", state="begun", ended_at=None))
            assert await paths(page, until=2) == ["is_won"]
            await in_database(lambda: finish(run))
            last = await page.hear()
            assert (last["type"], last["data"]["run"]["state"], last["data"]["run"]["result"]) == (
                "steps",
                "succeeded",
                "delivered",
            )

    play(scene)


def test_no_payload_travels_over_the_socket(world: World) -> None:
    run, session = world.run(), session_of(world.people["viewer"])
    world.step(run, "deal")

    async def scene(_hub: Hub) -> None:
        async with tab(session) as (page, _):
            await page.say(op="sub", topic=f"run:{run.pk}")
            text = str(await page.hear())
            assert "asked" not in text
            assert "answer" not in text

    play(scene)


def test_a_client_that_was_away_hears_only_what_it_missed(world: World) -> None:
    run, session = world.run(), session_of(world.people["viewer"])
    for path in ("deal", "is_won", "contact"):
        world.step(run, path)

    async def scene(_hub: Hub) -> None:
        async with tab(session) as (page, _):
            await page.say(op="sub", topic=f"run:{run.pk}", after=2)
            frame = await page.hear()
            assert (frame["type"], frame["seq"]) == ("steps", 3)
            assert [step["path"] for step in frame["data"]["steps"]] == ["contact"]

    play(scene)


def test_a_flow_tells_its_newest_runs_and_then_those_that_change(world: World) -> None:
    old, session = world.run(title="Old"), session_of(world.people["viewer"])

    async def scene(_hub: Hub) -> None:
        async with tab(session) as (page, _):
            await page.say(op="sub", topic=f"flow:{FLOW}")
            first = await page.hear()
            assert (first["type"], [run["title"] for run in first["data"]["runs"]]) == ("snapshot", ["Old"])
            await drain(page)
            new = await in_database(lambda: world.run(title="New"))
            frame = await page.hear()
            assert (frame["type"], [run["id"] for run in frame["data"]["runs"]]) == ("runs", [new.pk])
            await in_database(lambda: finish(old))
            later = await page.hear()
            assert [(run["id"], run["state"]) for run in later["data"]["runs"]] == [(old.pk, "succeeded")]
            assert later["seq"] > frame["seq"] > first["seq"]

    play(scene)


def test_a_flow_tells_each_person_only_of_the_environments_they_may_see(world: World) -> None:
    world.run(title="In dev")
    world.run(title="In prod", environment=world.prod)
    sessions = {name: session_of(world.people[name]) for name in ("viewer", "prod_viewer", "admin")}

    async def scene(_hub: Hub) -> None:
        for name, titles in (
            ("viewer", ["In dev"]),
            ("prod_viewer", ["In prod"]),
            ("admin", ["In prod", "In dev"]),
        ):
            async with tab(sessions[name]) as (page, _):
                await page.say(op="sub", topic=f"flow:{FLOW}")
                frame = await page.hear()
                assert [run["title"] for run in frame["data"]["runs"]] == titles, name

    play(scene)


@pytest.mark.parametrize(
    ("who", "topic", "code"),
    [
        ("", "run:1", 4401),
        ("prod_viewer", "run:1", 4403),
        ("viewer", "run:999999", 4403),
        ("viewer", "run:0", 4403),
        ("viewer", "secrets", 4403),
        ("viewer", "run:1 or 1=1", 4403),
        ("stranger", f"flow:{FLOW}", 4403),
    ],
)
def test_who_may_not_watch_is_sent_away_with_a_code(world: World, who: str, topic: str, code: int) -> None:
    run = world.run()
    named = topic.replace("run:1", f"run:{run.pk}") if topic == "run:1" else topic
    session = session_of(world.people[who]) if who else ""

    async def scene(_hub: Hub) -> None:
        async with tab(session) as (page, accepted):
            assert accepted
            if session:
                await page.say(op="sub", topic=named)
            assert await page.closed_with() == code

    play(scene)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example", "127.0.0.1:8001"),
        ("http://127.0.0.1:9999", "127.0.0.1:8001"),
        ("http://127.0.0.1:8000.evil.example", "127.0.0.1:8001"),
        ("null", "127.0.0.1:8001"),
        ("", "127.0.0.1:8001"),
        ("http://127.0.0.1:8000", "evil.example"),
    ],
)
def test_another_page_does_not_even_get_a_handshake(world: World, origin: str, host: str) -> None:
    session = session_of(world.people["admin"])

    async def scene(_hub: Hub) -> None:
        async with tab(session, origin=origin, host=host) as (_, accepted):
            assert not accepted

    play(scene)


def test_another_address_is_closed_at_once(world: World) -> None:
    session = session_of(world.people["admin"])

    async def scene(_hub: Hub) -> None:
        async with tab(session, path="/ws/elsewhere/") as (_, accepted):
            assert not accepted

    play(scene)


def test_one_tail_serves_all_watchers_and_ends_with_the_last(world: World) -> None:
    run, session = world.run(), session_of(world.people["viewer"])

    async def scene(made: Hub) -> None:
        async with tab(session) as (one, _), tab(session) as (other, _):
            for page in (one, other):
                await page.say(op="sub", topic=f"run:{run.pk}")
                await page.hear()
            assert made.watched() == [f"run:{run.pk}"]
            await one.say(op="unsub", topic=f"run:{run.pk}")
            await one.say(op="ping")
            await heard(one, "pong")
            assert made.watched() == [f"run:{run.pk}"]
            await in_database(lambda: world.step(run, "deal"))
            assert await paths(other, until=1) == ["deal"]
            assert await one.hears_nothing()
        await asyncio.sleep(0)
        assert made.watched() == []

    play(scene)


def test_frames_of_a_burst_are_merged(world: World) -> None:
    run, session = world.run(), session_of(world.people["viewer"])

    async def scene(_hub: Hub) -> None:
        async with tab(session) as (page, _):
            await page.say(op="sub", topic=f"run:{run.pk}")
            await page.hear()
            await drain(page)
            await in_database(lambda: [world.step(run, f"line[{number}]") for number in range(30)])
            frames = 0
            told: set[str] = set()
            while len(told) < 30:
                frame = await page.hear()
                frames, told = frames + 1, told | {step["path"] for step in frame["data"]["steps"]}
            assert frames < 30

    play(scene)


@pytest.mark.parametrize(
    "frame",
    [{"op": "shout"}, {"op": "sub"}, {"op": "sub", "topic": "run:1", "after": -1}, {"op": "sub", "topic": 7}],
)
def test_a_frame_that_makes_no_sense_is_answered_and_changes_nothing(
    world: World, frame: dict[str, Any]
) -> None:
    session = session_of(world.people["viewer"])

    async def scene(made: Hub) -> None:
        async with tab(session) as (page, _):
            await page.say(**frame)
            assert (await page.hear())["type"] == "error"
            assert made.watched() == []

    play(scene)


@pytest.mark.parametrize(("loss", "code"), [("session", 4401), ("role", 4403)])
def test_who_signs_out_or_loses_the_role_stops_hearing(
    world: World, monkeypatch: pytest.MonkeyPatch, loss: str, code: int
) -> None:
    monkeypatch.setattr(consumer, "LOOK_AGAIN", 0.1)
    run, session = world.run(), session_of(world.people["viewer"])

    async def scene(_hub: Hub) -> None:
        async with tab(session) as (page, _):
            await page.say(op="sub", topic=f"run:{run.pk}")
            await page.hear()
            lost = (
                Session.objects.all()
                if loss == "session"
                else Membership.objects.filter(user__username="viewer")
            )
            await in_database(lost.delete)
            assert await page.closed_with() == code

    play(scene)


async def paths(page: Any, *, until: int) -> list[str]:
    """The steps of the frame that carries sequence number `until`."""
    while True:
        frame = await page.hear()
        if frame["seq"] >= until and frame["data"]["steps"]:
            return [step["path"] for step in frame["data"]["steps"] if step["path"] != "deal" or until == 1]


async def drain(page: Any) -> None:
    """Hear what the first look tells."""
    while not await page.hears_nothing():
        await page.hear()


async def heard(page: Any, type: str) -> None:
    while (await page.hear())["type"] != type:
        pass


def finish(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=Run.State.SUCCEEDED, result="delivered", seq=run.seq + 1)
