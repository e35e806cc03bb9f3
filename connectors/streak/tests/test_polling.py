"""Poll trigger box_changed: newest first until what is older, in both shapes of Streak's list, nothing missed between pages."""

from datetime import UTC, datetime

import pytest

from connectors.sdk.registry import trigger
from connectors.sdk.testing import Replies
from connectors.sdk.trigger import CursorLost, Page, PollTrigger
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json
from connectors.streak.tests.far import BOX, PIPELINES, streak, with_pipeline

LIST = "/v1/pipelines/agxPIPE1/boxes"
SINCE = datetime(2023, 11, 14, 22, 20, tzinfo=UTC)
OLD, NEW = 1699990000000, 1700001000000
SIZE = 100


def boxes(count: int, stamp: int = NEW, first: int = 0) -> list[Json]:
    return [{**BOX, "key": f"agxBOX{first + n}", "lastUpdatedTimestamp": stamp - n} for n in range(count)]


def poll(far: Replies, cursor: str | None = None, since: datetime | None = SINCE, **config: Json) -> Page:
    found = trigger("streak.box_changed")
    assert isinstance(found, PollTrigger)
    given = {"pipeline": "Deals", **config}
    validator_for(found.config).check(given)
    far.on("GET", "/v1/pipelines", json=PIPELINES)
    answer = found.poll(far.call(), given, since, cursor)
    for arrival in answer.arrivals:
        validator_for(found.output).check(arrival.data)
    return answer


@pytest.mark.parametrize("wrapped", [False, True], ids=["array", "object"])
def test_a_full_page_leads_to_the_next_one(*, wrapped: bool) -> None:
    found = boxes(SIZE)
    answer = {"results": found, "hasNextPage": True} if wrapped else found
    with streak().on(
        "GET", LIST, query={"page": "0", "sortBy": "lastUpdatedTimestamp"}, json=answer,
        headers={"date": "Tue, 14 Nov 2023 22:40:00 GMT"},
    ) as far:  # fmt: skip
        page = poll(far)
    assert (len(page.arrivals), page.cursor) == (SIZE, "1")
    assert page.server_time == datetime(2023, 11, 14, 22, 40, tzinfo=UTC)
    first = page.arrivals[0]
    assert (first.key, first.record, first.version) == (f"agxBOX0:{NEW}:CHANGED", "agxBOX0", str(NEW))


@pytest.mark.parametrize(
    "answer", [boxes(3), {"results": boxes(3), "hasNextPage": False}, [], {"results": []}]
)
def test_the_list_may_end(answer: Json) -> None:
    with streak().on("GET", LIST, json=answer) as far:
        assert poll(far).cursor is None


def test_it_ends_at_what_is_older_than_the_mark() -> None:
    with streak().on("GET", LIST, json=[*boxes(40), *boxes(60, OLD, 40)]) as far:
        page = poll(far)
    assert (len(page.arrivals), page.cursor) == (40, None)


def test_everything_is_read_without_a_mark() -> None:
    with streak().on("GET", LIST, json=boxes(SIZE, OLD)) as far:
        page = poll(far, since=None)
    assert (len(page.arrivals), page.cursor) == (SIZE, "1")


def test_what_moved_up_to_the_page_before_is_found_there() -> None:
    """A box of the first page was deleted between the two looks: the 101st is on the first page now."""
    with streak().on("GET", LIST, query={"page": "1"}, json=boxes(5, NEW - 101, 101)) as far:
        far.on("GET", LIST, query={"page": "0"}, json=boxes(SIZE, NEW - 1, 1))
        page = poll(far, "1")
    assert {one.record for one in page.arrivals} == {f"agxBOX{n}" for n in range(1, 106)}
    assert [request.query["page"] for request in far.sent[1:]] == [1, 0]


def test_a_stage_narrows_it_down() -> None:
    with with_pipeline(streak()) as far:
        far.call().get("/v1/pipelines/agxPIPE1/fields")
        far.on("GET", LIST, query={"stageKey": "5003"}, json=[BOX])
        assert [one.title for one in poll(far, stage="Closed-Won").arrivals] == ["Acme - 40 chairs"]


PEOPLE = "/v2/teams/agxTEAM1/contacts"
COMPANIES = "/v2/teams/agxTEAM1/organizations"


def swept(far: Replies, name: str, cursor: str | None = None) -> Page:
    found = trigger(f"streak.{name}")
    assert isinstance(found, PollTrigger)
    answer = found.poll(far.call(), {}, SINCE, cursor)
    for arrival in answer.arrivals:
        validator_for(found.output).check(arrival.data)
    return answer


def test_contact_changed_asks_since_the_second_and_follows_the_cursor() -> None:
    asked = {"after": str(int(SINCE.timestamp())), "limit": "1000"}
    people = [{"key": "a", "lastSavedTimestamp": NEW, "emailAddresses": ["bo@acme.test"]}]
    with streak(team_key="agxTEAM1") as far:
        far.on("GET", PEOPLE, query=asked, json={"results": people, "cursor": "c1"})
        far.on("GET", PEOPLE, query={**asked, "cursor": "c1"}, json={"results": [], "cursor": None})
        page = swept(far, "contact_changed")
        assert swept(far, "contact_changed", page.cursor).cursor is None
    (found,) = page.arrivals
    assert (found.key, found.title, found.version) == (f"a:{NEW}:CHANGED", "bo@acme.test", str(NEW))


def test_organization_changed_reads_all_and_keeps_the_recent_ones() -> None:
    companies = [
        {"key": "a", "name": "A", "lastSavedTimestamp": OLD},
        {"key": "b", "lastSavedTimestamp": NEW},
    ]
    with streak(team_key="agxTEAM1") as far:
        far.on("GET", COMPANIES, json={"results": companies, "cursor": "c1"})
        page = swept(far, "organization_changed")
    assert ([one.record for one in page.arrivals], page.cursor) == (["b"], "c1")
    assert "after" not in far.sent[0].query


def test_a_cursor_that_streak_has_forgotten_begins_the_sweep_anew() -> None:
    refused: Json = {"success": False, "error": "Invalid cursor"}
    far = streak(team_key="agxTEAM1").on("GET", COMPANIES, status=400, json=refused)
    with pytest.raises(CursorLost):
        swept(far, "organization_changed", "old")
