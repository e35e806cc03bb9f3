"""Webhook triggers, one an event; the connection test; and what can be chosen in the editor."""

import pytest

from connectors.sdk.discovery import Choice
from connectors.sdk.errors import Config, Data
from connectors.sdk.registry import connector, trigger
from connectors.sdk.trigger import Delivery, WebhookTrigger
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json
from connectors.streak.tests.far import BOX, PIPELINES, streak, with_pipeline


def webhook(name: str) -> WebhookTrigger:
    found = trigger(f"streak.{name}")
    assert isinstance(found, WebhookTrigger)
    return found


WON = webhook("box_stage_changed")
URL = "https://interlock.test/in/won"
TOKEN = "t0ken"  # noqa: S105 - a made-up one

KEYS = [
    ("box_stage_changed", "agxBOX1:1700000900000:BOX_CHANGE_STAGE"),
    ("box_created", "agxBOX1:1700000000000:BOX_CREATE"),
    ("box_edited", "agxBOX1:1700001000100:BOX_EDIT"),
]


STAMPS = {
    "box_deleted": ("BOX_DELETE", "lastSavedTimestamp"),
    "box_pipeline_changed": ("BOX_CHANGE_PIPELINE", "lastSavedTimestamp"),
    "box_email_address_added": ("BOX_NEW_EMAIL_ADDRESS", "lastSavedTimestamp"),
    "box_email_received": ("BOX_NEW_EMAIL_RECEIVED", "lastEmailTimestamp"),
    "stage_created": ("STAGE_CREATE", "name"),
    "comment_created": ("COMMENT_CREATE", "timestamp"),
    "meeting_created": ("MEETING_CREATE", "creationDate"),
    "meeting_updated": ("MEETING_UPDATE", "lastSavedTimestamp"),
    "task_created": ("TASK_CREATE", "creationDate"),
    "task_completed": ("TASK_COMPLETE", "lastStatusChangeDate"),
    "task_due": ("TASK_DUE", "dueDate"),
    "thread_added": ("THREAD_ADDED_TO_BOX", "creationTimestamp"),
    "thread_removed": ("THREAD_REMOVED_FROM_BOX", "lastSavedTimestamp"),
    "contact_created": ("CONTACT_CREATE", "creationDate"),
    "contact_updated": ("CONTACT_UPDATE", "lastSavedTimestamp"),
    "contact_deleted": ("CONTACT_DELETE", "lastSavedTimestamp"),
    "organization_created": ("ORG_CREATE", "lastSavedTimestamp"),
    "organization_updated": ("ORG_UPDATE", "lastSavedTimestamp"),
    "organization_deleted": ("ORG_DELETE", "lastSavedTimestamp"),
}


@pytest.mark.parametrize(("name", "event", "stamp"), [(name, *told) for name, told in STAMPS.items()])
def test_each_event_tells_its_records_apart(name: str, event: str, stamp: str) -> None:
    items: list[Json] = [{"key": "agx1", stamp: 5}, {"key": "agx1", stamp: 6}, {"key": "agx2", stamp: 5}]
    arrivals = webhook(name).read(Delivery({}, items), {})
    assert [one.key for one in arrivals] == [f"agx1:5:{event}", f"agx1:6:{event}", f"agx2:5:{event}"]
    assert [one.data for one in arrivals] == items


@pytest.mark.parametrize("name", ["box_email_received", "thread_added", "thread_removed"])
def test_what_streak_does_not_document_is_taken_as_it_comes(name: str) -> None:
    (arrival,) = webhook(name).read(Delivery({}, [{"subject": "Hello"}]), {})
    assert (arrival.key, arrival.title, arrival.data) == ("", "Hello", {"subject": "Hello"})


@pytest.mark.parametrize("name", ["comment_created", "contact_updated", "stage_created"])
def test_an_event_without_its_record_is_refused(name: str) -> None:
    with pytest.raises(Data):
        webhook(name).read(Delivery({}, [{"text": "no key"}]), {})


@pytest.mark.parametrize("name", ["contact_created", "organization_deleted"])
def test_an_event_of_the_team_is_registered_for_the_connections_team(name: str) -> None:
    with streak(team_key="agxTEAM1").on("GET", "/v2/teams/agxTEAM1/webhooks", json={"results": []}) as far:
        far.on("POST", "/v2/webhooks", query={"teamKey": "agxTEAM1"}, json={"key": "new"})
        state = webhook(name).enable(far.call(), URL, TOKEN, {})
    assert state == {"webhook_key": "new", "team_key": "agxTEAM1"}


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_an_arrival_is_told_from_others_by_box_time_and_event(name: str, key: str) -> None:
    (arrival,) = webhook(name).read(Delivery({}, [BOX]), {})
    assert (arrival.key, arrival.title) == (key, "Acme - 40 chairs")
    assert arrival.data == BOX


def test_one_delivery_may_hold_several_boxes() -> None:
    arrivals = WON.read(Delivery({}, [BOX, {**BOX, "key": "agxBOX2"}]), {})
    assert [arrival.data["key"] for arrival in arrivals] == ["agxBOX1", "agxBOX2"]


def test_without_a_stage_time_the_last_update_tells_arrivals_apart() -> None:
    (arrival,) = WON.read(Delivery({}, [{"boxKey": "b", "lastUpdatedTimestamp": 5}]), {})
    assert arrival.key == "b:5:BOX_CHANGE_STAGE"


def test_without_any_time_the_runtime_hashes_the_body() -> None:
    (arrival,) = WON.read(Delivery({}, {"box_key": "b"}), {})
    assert (arrival.key, arrival.title, arrival.data["key"]) == ("", "b", "b")


@pytest.mark.parametrize("body", [[], {}, "text", [1], [{"name": "no key"}], None])
def test_a_delivery_that_holds_no_box_is_refused(body: Json) -> None:
    with pytest.raises(Data):
        WON.read(Delivery({}, body), {})


TOKENS = [
    ("t0ken", TOKEN, True),
    ("wrong", TOKEN, False),
    ("", TOKEN, False),
    ("", "", False),
    ("töken", TOKEN, False),
]


@pytest.mark.parametrize(("given", "secret", "genuine"), TOKENS)
def test_a_delivery_is_genuine_by_its_token_alone(given: str, secret: str, *, genuine: bool) -> None:
    assert WON.verify({"x-streak-webhook-token": given}, secret) is genuine


def test_a_delivery_without_the_header_is_not_genuine() -> None:
    assert not WON.verify({}, TOKEN)


def test_enabling_replaces_a_former_registration_of_the_same_address() -> None:
    hooks = [{"key": "old", "targetUrl": URL}, {"key": "other", "targetUrl": "https://else.test"}]
    with streak().on("GET", "/v1/pipelines", json=PIPELINES) as far:
        far.on("GET", "/v2/pipelines/agxPIPE1/webhooks", json=hooks)
        far.on("DELETE", "/v2/webhooks/old", json={"success": True})
        far.on("POST", "/v2/webhooks", query={"pipelineKey": "agxPIPE1"}, json={"key": "new"})
        state = WON.enable(far.call(), URL, TOKEN, {"pipeline": "Deals"})
    assert state == {"webhook_key": "new", "pipeline_key": "agxPIPE1"}
    assert far.sent[-1].json == {"event": "BOX_CHANGE_STAGE", "targetUrl": URL, "token": TOKEN}


def test_disabling_what_is_gone_already_is_fine() -> None:
    with streak().on("DELETE", "/v2/webhooks/new", status=404) as far:
        WON.disable(far.call(), {"webhook_key": "new", "pipeline_key": "agxPIPE1"})


ME: Json = {"key": "agxUSER1", "email": "ana@example.test"}
TEAM: Json = {"key": "agxTEAM1", "name": "Acme Sales"}


def test_the_account_is_the_team() -> None:
    with streak().on("GET", "/v1/users/me", json=ME) as far:
        far.on("GET", "/v2/users/me/teams", json={"results": [TEAM], "hasNextPage": False})
        identity = connector("streak").client.identify(far.call())
    assert (identity.id, identity.name) == ("agxTEAM1", "Acme Sales (ana@example.test)")
    assert far.headers[0]["Authorization"].startswith("Basic ")


def test_an_older_account_shows_its_team_on_a_pipeline() -> None:
    with streak().on("GET", "/v1/users/me", json=ME) as far:
        far.on("GET", "/v2/users/me/teams", status=400, json={"error": "Invalid API path specified"})
        far.on("GET", "/v1/pipelines", json=PIPELINES)
        assert connector("streak").client.identify(far.call()).id == "agxTEAM1"


@pytest.mark.parametrize(
    ("settings", "code"),
    [({}, "team_needed"), ({"team_key": "agxTEAM9"}, "team_unknown")],
    ids=["several", "unknown"],
)
def test_a_team_must_be_chosen_among_several(settings: dict[str, str], code: str) -> None:
    far = streak(**settings).on("GET", "/v1/users/me", json=ME)
    far.on("GET", "/v2/users/me/teams", json={"results": [TEAM, {"key": "agxTEAM2", "name": "B"}]})
    with pytest.raises(Config) as caught:
        connector("streak").client.identify(far.call())
    assert caught.value.code == code


def test_the_editor_can_ask_for_pipelines_stages_fields_and_their_schema() -> None:
    discovery = connector("streak").discovery
    given = {"pipeline": "agxPIPE1"}
    with with_pipeline(streak()) as far:
        for _ in range(5):
            far.on("GET", "/v1/pipelines", json=PIPELINES)
        assert discovery.choices["pipelines"](far.call(), {}) == [Choice("agxPIPE1", "Deals")]
        assert discovery.choices["stages"](far.call(), given)[1] == Choice("5003", "Closed-Won")
        assert discovery.choices["fields"](far.call(), given)[2] == Choice("Terms", "Terms", "DROPDOWN")
        with_pipeline(far)
        schema = discovery.schemas["box.fields"](far.call(), given)
        discovery.choices["stages"](far.call(), given)
    validator_for(schema).check(
        {"Terms": "Net 30", "Close date": "2023-12-14", "Segment": ["vip"], "Paid": False}
    )
    assert schema["properties"]["Score"]["readOnly"] is True
    assert schema["properties"]["Terms"]["x-far-key"] == "1003"
