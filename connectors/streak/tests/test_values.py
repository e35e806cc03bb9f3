"""Custom fields of the team and people in fields, written and read back in the sandbox; links and lists that replace."""

import pytest

from connectors.sdk.errors import Config, Data
from connectors.sdk.registry import connector
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json
from connectors.streak.tests.bench import Bench

TEAM_FIELDS: Json = {
    "1001": {"key": "1001", "name": "ERP customer no.", "type": "TEXT_INPUT"},
    "1002": {"key": "1002", "name": "Since", "type": "DATE"},
    "1003": {"key": "1003", "name": "VIP", "type": "CHECKBOX"},
    "1004": {
        "key": "1004",
        "name": "Size",
        "type": "DROPDOWN",
        "dropdownSettings": {"items": [{"key": "9001", "name": "Small"}, {"key": "9002", "name": "Large"}]},
    },
    "1005": {"key": "1005", "name": "Score", "type": "FORMULA"},
}
VALUES = {"ERP customer no.": "C-1", "Since": "2026-11-21", "VIP": True, "Size": "Large"}


@pytest.fixture
def told(bench: Bench) -> Bench:
    """The sandbox with custom fields of contacts and organizations."""
    team = bench.read("get_team", {})["team_key"]
    settings = {"contactSettings": {"fields": TEAM_FIELDS}, "organizationSettings": {"fields": TEAM_FIELDS}}
    bench.send("POST", f"/v2/teams/{team}", json=settings)
    return bench


@pytest.mark.parametrize("entity", ["contact", "organization"])
def test_fields_of_the_team_go_by_name_and_type(told: Bench, entity: str) -> None:
    pointing = {f"{entity}_key": told.deal()[entity]}
    told.write(f"update_{entity}", {**pointing, "fields": VALUES})
    assert told.read(f"get_{entity}", pointing)["fields"] == {**VALUES, "Score": None}
    raw = told.call().get(f"/v2/{entity}s/{pointing[f'{entity}_key']}")
    assert raw["fields"] == {"1001": "C-1", "1002": "1795219200000", "1003": "true", "1004": "9002"}
    told.write(f"update_{entity}", {**pointing, "fields": {"Since": None}})
    assert told.read(f"get_{entity}", pointing)["fields"]["Since"] is None
    schema = connector("streak").discovery.schemas[f"{entity}.fields"](told.call(), {})
    validator_for(schema).check(VALUES)


WRONG: list[tuple[str, Json, type[Exception]]] = [
    ("Nothing", "x", Config),
    ("Score", "1", Config),
    ("Since", "tomorrow", Data),
    ("VIP", "yes", Data),
    ("Size", "Huge", Data),
    ("ERP customer no.", 7, Data),
]


@pytest.mark.parametrize(("name", "value", "failure"), WRONG)
def test_a_wrong_field_of_a_contact_is_refused_at_its_place(
    told: Bench, name: str, value: Json, failure: type[Exception]
) -> None:
    key = told.deal()["contact"]
    with pytest.raises(failure) as caught:
        told.write("update_contact", {"contact_key": key, "fields": {name: value}})
    assert getattr(caught.value, "pointer", "") == f"/fields/{name}"


@pytest.mark.parametrize("several", [False, True], ids=["one", "several"])
def test_people_in_a_field_are_e_mail_addresses(bench: Bench, *, several: bool) -> None:
    deal, users = bench.deal(), bench.read("list_users", {})["users"][:2]
    pipeline = bench.read("get_box", {"box_key": deal["box"]})["pipeline_key"]
    name = f"People {several}"
    form = {"name": name, "type": "PERSON"}
    key = bench.send("PUT", f"/v1/pipelines/{pipeline}/fields", form=form)["key"]
    given = [one["email"] for one in users] if several else users[0]["email"]
    keys = [one["user_key"] for one in users] if several else users[0]["user_key"]
    bench.write("update_box", {"box_key": deal["box"], "fields": {name: given}})
    assert bench.call().get(f"/v1/boxes/{deal['box']}")["fields"][key] == keys
    assert bench.read("get_box", {"box_key": deal["box"]})["fields"][name] == given
    with pytest.raises(Data) as caught:
        bench.write("update_box", {"box_key": deal["box"], "fields": {name: "stranger@x.example"}})
    assert caught.value.code == "person_unknown"


def test_a_box_takes_its_name_notes_people_and_links(bench: Bench) -> None:
    deal, other = bench.deal(), bench.deal()
    made = bench.write("create_box", {"pipeline": "Sales", "name": "First", "notes": "old"})["box_key"]
    email = bench.read("get_current_user", {})["email"]
    data = {
        "box_key": made,
        "name": "Second",
        "notes": "new",
        "contact_keys": [deal["contact"], other["contact"]],
        "organization_keys": [deal["organization"]],
        "assigned_to": [email],
    }
    operation, request, mark = bench.prepare("update_box", data)
    assert bench.found("update_box", request, mark) == []
    bench.carry_out("update_box", data, request)
    assert [one.far_id for one in bench.found("update_box", request, mark)] == [made]
    box = bench.read("get_box", {"box_key": made})
    assert (box["name"], box["contact_keys"]) == ("Second", [deal["contact"], other["contact"]])
    assert [one["email"] for one in box["assigned_to"]] == [email]
    assert box["notes"] == "new"
    raw = bench.call().get(f"/v1/boxes/{made}")["notes"]
    assert raw.startswith("new\n[interlock "), "the mark by which it was made stays"
    bench.write("update_box", {"box_key": made, "notes": raw})
    assert bench.call().get(f"/v1/boxes/{made}")["notes"] == raw
    bench.write("update_box", {"box_key": made, "contact_keys": [other["contact"]], "assigned_to": []})
    box = bench.read("get_box", {"box_key": made})
    assert (box["contact_keys"], box["assigned_to"], box["organization_keys"]) == (
        [other["contact"]],
        [],
        [deal["organization"]],
    )
    assert operation.record == "box"


def test_an_address_that_is_known_gives_its_contact_without_asking_twice(bench: Bench) -> None:
    deal = bench.deal()
    made = bench.write("find_or_create_contact", {"email": f" {deal['email'].upper()} "})
    assert made["contact_key"] == deal["contact"]
    operation, _, _ = bench.prepare("find_or_create_contact", {"email": deal["email"]})
    assert operation.existing is not None
    assert operation.identities is not None
    known = operation.existing(bench.call(), {"email": deal["email"]})
    assert known is not None
    assert known.far_id == deal["contact"]
    assert operation.existing(bench.call(), {"email": f"nobody@{deal['domain']}"}) is None
    assert operation.identities({"email": " IDA@x.example"}) == ["email:ida@x.example"]


@pytest.mark.parametrize("kind", ["comment", "task", "call", "meeting"])
def test_an_activity_is_logged_as_what_is_asked_for(bench: Bench, kind: str) -> None:
    deal = bench.deal()
    data = {"box_key": deal["box"], "kind": kind, "text": "Order 4711 made"}
    data |= {"started_at": "2026-11-21T09:00:00Z"} if kind in ("call", "meeting") else {}
    operation, request, mark = bench.prepare("log_activity", data)
    output = bench.carry_out("log_activity", data, request)
    assert (output["kind"], output["box_key"]) == (kind, deal["box"])
    assert [one.output for one in bench.found("log_activity", request, mark)] == [output]
    assert operation.standing is not None
    assert operation.standing(bench.call(), output["activity_key"]) == "stands"


def test_the_timeline_is_read_page_by_page_and_narrowed_down(bench: Bench) -> None:
    box = bench.deal()["box"]
    for number in range(120):
        bench.write("create_comment", {"box_key": box, "message": f"No. {number}"})
    whole = bench.read("list_timeline", {"box_key": box, "order": "oldest first"})["entries"]
    told = [one["comment"]["message"].splitlines()[0] for one in whole if one["type"] == "COMMENTS"]
    assert told == [f"No. {number}" for number in range(120)]
    only = {"box_key": box, "only": ["NEWSFEED_BOX_CREATION_MOVE"], "since": "2020-01-01T00:00:00Z"}
    assert {one["type"] for one in bench.read("list_timeline", only)["entries"]} == {only["only"][0]}
    bench.write("update_box", {"box_key": box, "stage": "Closed Won"})
    stories = bench.read("list_newsfeed", {"pipeline": "Sales"})["stories"]
    assert (len(stories) <= 50, stories[0]["what"], stories[0]["box_key"]) == (True, "EDIT_STAGE", box)
