"""Streak: webhook registrations and deliveries, with everything that can go wrong on the way."""

from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from tests.sandbox.bench import Bench, Receiver, eventually


def test_a_stage_change_is_delivered_as_an_array_with_the_token(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    box = bench.move(bench.box(), "5004")
    headers, body = eventually(lambda: receiver.arrived)[0]
    assert headers["x-streak-webhook-token"] == "s3cret"
    assert headers["content-type"] == "application/json"
    assert body == [box]


@pytest.mark.parametrize(
    ("change", "events"),
    [
        ({"stageKey": "5004"}, ["BOX_CHANGE_STAGE"]),
        ({"stageKey": "5003"}, []),
        ({"name": "Other"}, ["BOX_EDIT"]),
        ({"notes": "n"}, ["BOX_EDIT"]),
        ({"fields": {"1001": "1.00"}}, ["BOX_EDIT"]),
        ({"assignedToSharingEntries": []}, ["BOX_EDIT"]),
        ({"contacts": []}, []),
        ({"stageKey": "5004", "notes": "n"}, ["BOX_CHANGE_STAGE", "BOX_EDIT"]),
    ],
)
def test_each_change_fires_its_own_events(
    bench: Bench, receiver: Receiver, change: dict[str, Any], events: list[str]
) -> None:
    for event in ("BOX_CHANGE_STAGE", "BOX_EDIT", "COMMENT_CREATE"):
        bench.listen(receiver, event, token=event)
    key = bench.box()["key"]
    bench.streak.write("POST", f"/v1/boxes/{key}", json=change)
    bench.streak.write("POST", f"/v2/boxes/{key}/comments", json={"message": "the end"})
    wanted = [*events, "COMMENT_CREATE"]
    eventually(lambda: len(receiver.arrived) == len(wanted))
    assert [headers["x-streak-webhook-token"] for headers, _body in receiver.arrived] == wanted


def test_boxes_contacts_and_organizations_tell_of_their_life(bench: Bench, receiver: Receiver) -> None:
    team, key = bench.team, bench.pipeline["key"]
    for event in ("CONTACT_CREATE", "ORG_CREATE"):
        target = {"event": event, "targetUrl": receiver.url, "token": event}
        bench.streak.write("POST", f"/v2/webhooks?teamKey={team}", json=target)
    for event in ("BOX_CREATE", "BOX_DELETE"):
        bench.listen(receiver, event, token=event)
    bench.streak.write("POST", f"/v2/teams/{team}/contacts", json={"givenName": "Bo"})
    bench.streak.write("POST", f"/v2/teams/{team}/organizations", json={"name": "Bo & Co"})
    box = bench.streak.write("POST", f"/v2/pipelines/{key}/boxes", json={"name": "Short"})
    bench.streak.write("DELETE", f"/v1/boxes/{box['key']}")
    eventually(lambda: len(receiver.arrived) == 4)
    told = {headers["x-streak-webhook-token"] for headers, _body in receiver.arrived}
    assert told == {"CONTACT_CREATE", "ORG_CREATE", "BOX_CREATE", "BOX_DELETE"}


def test_a_webhook_is_registered_by_query_body_or_path_and_never_shows_its_token(
    bench: Bench, receiver: Receiver
) -> None:
    key = bench.pipeline["key"]
    body = {"event": "BOX_EDIT", "targetUrl": receiver.url, "token": "t"}
    by_path = bench.streak.write("POST", f"/v2/pipelines/{key}/webhooks", json=body)
    by_body = bench.streak.write("POST", "/v2/webhooks", json=body | {"pipelineKey": key})
    assert "token" not in by_path
    assert [one["key"] for one in bench.streak.read(f"/v2/pipelines/{key}/webhooks")] == [
        by_path["key"],
        by_body["key"],
    ]
    changed = bench.streak.write("POST", f"/v2/webhooks/{by_path['key']}", json={"event": "BOX_CREATE"})
    assert changed["event"] == "BOX_CREATE"
    assert bench.streak.write("DELETE", f"/v2/webhooks/{by_path['key']}") == {"success": True}
    assert bench.streak.call("GET", f"/v2/webhooks/{by_path['key']}").status_code == 404


@pytest.mark.parametrize(
    ("query", "change"),
    [
        ("", {}),
        ("pipelineKey={pipeline}&teamKey={team}", {}),
        ("pipelineKey={pipeline}", {"event": "BOX_EDITED"}),
        ("pipelineKey={pipeline}", {"event": "CONTACT_CREATE"}),
        ("teamKey={team}", {"event": "BOX_EDIT"}),
        ("pipelineKey={pipeline}", {"targetUrl": "ftp://x"}),
        ("pipelineKey={pipeline}", {"targetUrl": None}),
    ],
)
def test_a_wrong_registration_is_refused(bench: Bench, query: str, change: dict[str, Any]) -> None:
    where = query.format(pipeline=bench.pipeline["key"], team=bench.team)
    body = {"event": "BOX_EDIT", "targetUrl": "http://127.0.0.1:9/x"} | change
    assert bench.streak.call("POST", f"/v2/webhooks?{where}", json=body).status_code == 400


@pytest.mark.parametrize("status", [202, 204, 301, 400, 401, 404, 500, 503])
def test_any_answer_but_200_and_410_is_tried_again(bench: Bench, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status, status]
    bench.listen(receiver)
    bench.move(bench.box(), "5004")
    eventually(lambda: len(receiver.arrived) == 3)
    eventually(lambda: not bench.records("streak", "delivery"))
    assert receiver.arrived[0][1] == receiver.arrived[2][1]


def test_410_ends_the_registration(bench: Bench, receiver: Receiver) -> None:
    receiver.statuses = [410]
    webhook = bench.listen(receiver)
    bench.move(bench.box(), "5004")
    eventually(lambda: bench.streak.call("GET", f"/v2/webhooks/{webhook['key']}").status_code == 404)
    bench.move(bench.box(), "5001")
    assert bench.records("streak", "delivery") == []
    assert len(receiver.arrived) == 1


def test_waits_grow_and_an_unreachable_target_is_tried_again(bench: Bench) -> None:
    body = {"event": "BOX_CHANGE_STAGE", "targetUrl": "http://127.0.0.1:9/nobody"}
    bench.streak.write("POST", f"/v2/webhooks?pipelineKey={bench.pipeline['key']}", json=body)
    bench.move(bench.box(), "5004")
    waiting = eventually(
        lambda: [one for one in bench.records("streak", "delivery") if one["attempts"] == 3]
    )[0]
    seen = [one for one in bench.control.read("/api/traffic")["items"] if one["method"] == "HOOK"]
    waits = [later["at"] - earlier["at"] for earlier, later in pairwise(seen)]
    assert {one["status"] for one in seen} == {0}
    assert waits[0] < waits[1] < waiting["due"] - seen[2]["at"]


def test_deliveries_of_one_box_keep_their_order(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    box, stages = bench.box(), ["5001", "5002", "5003", "5004", "5005"] * 4
    for stage in stages:
        bench.move(box, stage)
    eventually(lambda: len(receiver.arrived) == len(stages))
    assert receiver.stages() == stages


def test_a_delivery_is_sent_twice(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    bench.fault("streak", "duplicate")
    bench.move(bench.box(), "5004")
    bench.move(bench.box(), "5001")
    eventually(lambda: len(receiver.arrived) == 3)
    assert receiver.stages() == ["5004", "5004", "5001"]
    assert bench.hits("streak", "duplicate") == 1


def test_deliveries_of_one_box_overtake_each_other(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    bench.fault("streak", "reorder", millis=60_000)
    box = bench.box()
    for stage in ("5004", "5001"):
        bench.move(box, stage)
    eventually(lambda: len(receiver.arrived) == 2)
    assert receiver.stages() == ["5001", "5004"]
    assert bench.hits("streak", "reorder") == 1


def ends_with(receiver: Receiver, stage: str) -> bool:
    return receiver.stages()[-1:] == [stage]


def test_always_out_of_order_swaps_each_pair(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    bench.fault("streak", "reorder", "always", millis=60_000)
    box = bench.box()
    for first, second in (("5001", "5002"), ("5004", "5005")):
        bench.move(box, first)
        bench.move(box, second)
        eventually(partial(ends_with, receiver, first))
    assert receiver.stages() == ["5002", "5001", "5005", "5004"]


def test_a_delivery_is_lost_for_good(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    bench.fault("streak", "drop")
    bench.move(bench.box(), "5004")
    bench.move(bench.box(), "5001")
    eventually(lambda: receiver.arrived)
    assert receiver.stages() == ["5001"]
    assert bench.records("streak", "delivery") == []
    assert bench.hits("streak", "drop") == 1


def test_a_late_delivery_comes_when_the_clock_says_so(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    bench.fault("streak", "delay", millis=3_600_000)
    bench.move(bench.box(), "5004")
    assert len(bench.records("streak", "delivery")) == 1
    assert receiver.arrived == []
    bench.advance(3601)
    eventually(lambda: receiver.arrived)
    assert receiver.stages() == ["5004"]


def test_the_last_webhook_is_sent_again_on_demand(bench: Bench, receiver: Receiver) -> None:
    assert bench.control.write("POST", "/api/webhooks/resend", json={"times": 2}) == {"queued": 0}
    bench.listen(receiver)
    bench.move(bench.box(), "5004")
    assert bench.control.write("POST", "/api/webhooks/resend", json={"times": 2}) == {"queued": 2}
    eventually(lambda: len(receiver.arrived) == 3)
    assert receiver.arrived[0][1] == receiver.arrived[1][1] == receiver.arrived[2][1]


def test_twenty_deals_won_together_are_twenty_deliveries(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    deals = [bench.control.write("POST", "/api/deals", json={"name": f"Deal {n}"}) for n in range(20)]
    for deal in deals:
        bench.control.write("POST", f"/api/deals/{deal['key']}/move", json={"stage": "Closed Won"})
    eventually(lambda: len(receiver.arrived) == 20)
    assert {body[0]["key"] for _headers, body in receiver.arrived} == {deal["key"] for deal in deals}


def test_what_was_lost_on_the_way_can_be_sent_after_all_once(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    bench.fault("streak", "drop", "next")
    bench.move(bench.box(), "5004")
    (lost,) = [one for one in bench.control.read("/api/traffic")["items"] if one["fault"] == "drop"]
    assert lost["note"] == bench.box()["key"]
    assert bench.control.write("POST", "/api/webhooks/resend", json={"lost": True}) == {"queued": 1}
    eventually(lambda: len(receiver.arrived) == 1)
    assert bench.control.write("POST", "/api/webhooks/resend", json={"lost": True}) == {"queued": 0}
