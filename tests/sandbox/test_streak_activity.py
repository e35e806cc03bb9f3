"""Streak: meetings and calls, tasks, threads and files of a box; the newsfeed and the timeline."""

from typing import Any

import pytest

from tests.sandbox.bench import Bench, Receiver, eventually

CALL = {"meetingType": "CALL_LOG", "startTimestamp": 1795253400000, "duration": 600000, "notes": "Agreed"}


@pytest.fixture
def box(bench: Bench) -> str:
    made = bench.streak.write("POST", f"/v2/pipelines/{bench.pipeline['key']}/boxes", json={"name": "New"})
    return str(made["key"])


def test_a_meeting_is_made_by_json_and_by_form_and_counted_on_its_box(bench: Bench, box: str) -> None:
    path = f"/v2/boxes/{box}/meetings"
    by_json = bench.streak.write("POST", path, json=CALL)
    by_form = bench.streak.write(
        "POST", path, data={"meetingType": "MEETING_NOTES", "startTimestamp": "5", "taskKeys": '["a"]'}
    )
    assert {**by_json, **CALL} == by_json
    assert (by_form["startTimestamp"], by_form["duration"], by_form["taskKeys"]) == (5, 0, ["a"])
    listed = bench.streak.read(path, params={"limit": 1})
    assert (len(listed["results"]), listed["hasNextPage"]) == (1, True)
    shown = bench.streak.read(f"/v1/boxes/{box}")
    assert [
        shown[name] for name in ("callLogCount", "totalCallLogDuration", "meetingNotesCount", "commentCount")
    ] == [1, 600000, 1, 0]
    bench.streak.write("POST", f"/v2/meetings/{by_json['key']}", json={"notes": "Signed"})
    assert bench.streak.read(f"/v2/meetings/{by_json['key']}")["notes"] == "Signed"
    assert bench.streak.write("DELETE", f"/v2/meetings/{by_json['key']}") == {"success": True}
    assert bench.streak.call("GET", f"/v2/meetings/{by_json['key']}").status_code == 404


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "meetings", {"json": {"meetingType": "CALL_LOG"}}),
    ("POST", "meetings", {"json": CALL | {"meetingType": "LUNCH"}}),
    ("POST", "meetings", {"json": CALL | {"duration": "long"}}),
    ("POST", "meetings", {"data": {"meetingType": "CALL_LOG", "startTimestamp": "5", "taskKeys": "["}}),
    ("GET", "timeline?direction=Sideways", {}),
    ("GET", "timeline?filters=COMMENTS", {}),
    ("GET", "timeline?filters=[GOSSIP]", {}),
    ("GET", "timeline?nextPageToken=nonsense", {}),
    ("GET", "timeline?nextPageToken=e30", {}),
]


@pytest.mark.parametrize(("method", "path", "rest"), REFUSED)
def test_what_is_malformed_is_refused(
    bench: Bench, box: str, method: str, path: str, rest: dict[str, Any]
) -> None:
    answer = bench.streak.call(method, f"/v2/boxes/{box}/{path}", **rest)
    assert (answer.status_code, answer.json()["success"]) == (400, False)


def test_threads_and_files_are_added_listed_and_counted(bench: Bench, box: str) -> None:
    path = f"/v1/boxes/{box}/threads"
    assert bench.streak.call("PUT", path, json={"threadGmailId": "1"}).status_code == 400
    thread = bench.streak.write("PUT", path, data={"boxKey": box, "threadGmailId": "18c1f0"})
    body = {"driveFileId": "d1", "driveBoxKey": box}
    file = bench.streak.write("POST", "/v2/files/", json=body)
    assert [one["key"] for one in bench.streak.read(path)] == [thread["key"]]
    assert [one["fileKey"] for one in bench.streak.read(f"/v1/boxes/{box}/files")] == [file["key"]]
    shown = bench.streak.read(f"/v1/boxes/{box}")
    assert (shown["gmailThreadCount"], shown["fileCount"]) == (1, 1)
    bench.streak.write("DELETE", f"/v1/boxes/{box}")
    for gone in (f"/v1/threads/{thread['key']}", f"/v1/files/{file['key']}"):
        assert bench.streak.call("GET", gone).status_code == 404


def test_the_newsfeed_gives_the_newest_fifty_first(bench: Bench, box: str) -> None:
    for number in range(55):
        bench.streak.write("POST", f"/v1/boxes/{box}", json={"notes": f"No. {number}"})
    stories = bench.streak.read(f"/v1/boxes/{box}/newsfeed", params={"detailLevel": "ALL"})
    assert (len(stories), {one["newsfeedEntrySpecific"] for one in stories}) == (50, {"EDIT_BOX"})
    stamps = [one["timestamp"] for one in stories]
    assert stamps == sorted(stamps, reverse=True)
    assert bench.streak.read("/v1/newsfeed")[0]["boxKey"] == box
    answer = bench.streak.call("GET", f"/v1/boxes/{box}/newsfeed", params={"detailLevel": "MUCH"})
    assert answer.status_code == 400


def test_the_timeline_goes_on_with_its_token_alone(bench: Bench, box: str) -> None:
    for number in range(5):
        bench.streak.write("POST", f"/v2/boxes/{box}/comments", json={"message": str(number)})
    query = {"direction": "Ascending", "filters": "[COMMENTS]", "limit": "2"}
    path, told = f"/v2/boxes/{box}/timeline", []
    page = bench.streak.read(path, params=query)
    while True:
        told += [one["comment"]["message"] for one in page["entries"]]
        if "nextPage" not in page:
            break
        page = bench.streak.read(path, params={"nextPageToken": page["nextPage"]})
    assert told == list("01234")


def test_a_draft_is_told_to_nobody(bench: Bench, box: str) -> None:
    with Receiver() as receiver:
        for event in ("MEETING_CREATE", "TASK_CREATE"):
            body = {"event": event, "targetUrl": receiver.url}
            bench.streak.write(
                "POST", "/v2/webhooks", params={"pipelineKey": bench.pipeline["key"]}, json=body
            )
        bench.streak.write("POST", f"/v2/boxes/{box}/meetings", json=CALL | {"isDraft": True})
        bench.streak.write("POST", f"/v2/boxes/{box}/tasks", json={"text": "draft", "isDraft": True})
        bench.streak.write("POST", f"/v2/boxes/{box}/tasks", json={"text": "real"})
        eventually(lambda: receiver.arrived)
        assert [body[0]["text"] for _, body in receiver.arrived] == ["real"]


@pytest.mark.parametrize("body", [{"status": "MAYBE"}, {"dueDate": "soon"}])
def test_a_wrong_task_is_refused_and_null_leaves_it(bench: Bench, box: str, body: dict[str, Any]) -> None:
    task = bench.streak.write("POST", f"/v2/boxes/{box}/tasks", json={"text": "Call", "dueDate": 5})
    path = f"/v2/tasks/{task['key']}"
    assert bench.streak.call("POST", path, json=body).status_code == 400
    left = bench.streak.write("POST", path, json={"text": None, "dueDate": None})
    assert (left["text"], left["dueDate"]) == ("Call", 5)
