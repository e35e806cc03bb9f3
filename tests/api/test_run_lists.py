"""The items of long lists over REST: page by page, to whom may see the run."""

from typing import Any

from integrations.lists.models import ListPage
from integrations.payloads import codec
from tests.api.world import World

LIST: dict[str, Any] = {"path": "read", "part": "/items"}


def with_pages(world: World) -> str:
    """The address of a run's list of 5 items in two pages."""
    run = world.run()
    pages: list[list[Any]] = [["a", "b", "c"], ["d", None]]
    for number, items in enumerate(pages):
        held = {"items": items, "state": None, "size": 9}
        ListPage.objects.create(
            run=run, path="read", part="/items", number=number, first=3 * number, count=len(items),
            blob=codec.pack(held, klass="step"),
        )  # fmt: skip
    return f"/api/v1/runs/{run.pk}/list/"


def test_a_list_is_shown_a_page_at_a_time(world: World) -> None:
    address, client = with_pages(world), world.client()
    about = {"count": 5, "pages": 2}
    assert client.get(address, LIST).json() == {**about, "page": 0, "first": 0, "items": ["a", "b", "c"]}
    assert client.get(address, {**LIST, "page": 1}).json() == {
        **about,
        "page": 1,
        "first": 3,
        "items": ["d", None],
    }


def test_what_is_not_there_is_not_found(world: World) -> None:
    address, client = with_pages(world), world.client()
    assert client.get(address, {**LIST, "page": 2}).status_code == 404
    assert client.get(address, {**LIST, "part": "/others"}).status_code == 404


def test_a_question_that_makes_no_sense_is_told_so(world: World) -> None:
    address, client = with_pages(world), world.client()
    assert client.get(address, {"page": 0}).json()["errors"][0]["pointer"] == "/path"
    assert client.get(address, {**LIST, "page": "last"}).json()["code"] == "invalid"
