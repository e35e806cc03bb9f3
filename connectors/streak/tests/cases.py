"""What every operation is tried with: input made of a deal of the sandbox, and what must be so afterwards."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.sdk.wire import Json
from connectors.streak.tests.bench import Bench

__all__ = ["READS", "WRITES", "Case"]

Deal = dict[str, str]
_START = "2026-11-21T09:00:00Z"


@dataclass(frozen=True)
class Case:
    """`data(bench, deal)` is the input; `holds(output, deal)` what the answer must be; `key` names the input that can point
    to nothing, "" when there is none."""

    data: Callable[[Bench, Deal], Json]
    holds: Callable[[Json, Deal], bool]
    key: str = ""


def _of_box(_bench: Bench, deal: Deal) -> Json:
    return {"box_key": deal["box"]}


def _comment(bench: Bench, deal: Deal) -> str:
    return str(bench.write("create_comment", {"box_key": deal["box"], "message": "Hello"})["comment_key"])


def _task(bench: Bench, deal: Deal) -> str:
    given = {"box_key": deal["box"], "text": "Send quote", "due_at": "2026-12-01T09:00:00Z"}
    return str(bench.write("create_task", given)["task_key"])


def _meeting(bench: Bench, deal: Deal) -> str:
    given = {"box_key": deal["box"], "kind": "call", "started_at": _START, "minutes": 10, "notes": "Agreed"}
    return str(bench.write("create_meeting", given)["meeting_key"])


def _thread(bench: Bench, deal: Deal) -> str:
    form = {"boxKey": deal["box"], "threadGmailId": "18c1f0"}
    return str(bench.send("PUT", f"/v1/boxes/{deal['box']}/threads", form=form)["key"])


def _file(bench: Bench, deal: Deal) -> str:
    body = {"driveFileId": "d1", "driveBoxKey": deal["box"]}
    return str(bench.send("POST", "/v2/files/", json=body)["key"])


def _listing(make: Callable[[Bench, Deal], str]) -> Callable[[Bench, Deal], Json]:
    def data(bench: Bench, deal: Deal) -> Json:
        make(bench, deal)
        return _of_box(bench, deal)

    return data


def _pipeline(_bench: Bench, _deal: Deal) -> Json:
    return {"pipeline": "Sales"}


def _me(bench: Bench, _deal: Deal) -> Json:
    return {"user_key": bench.read("get_current_user", {})["user_key"]}


READS: dict[str, Case] = {
    "get_current_user": Case(lambda _b, _d: {}, lambda out, _d: "@" in out["email"]),
    "get_user": Case(_me, lambda out, _d: "@" in out["email"], "user_key"),
    "list_users": Case(lambda _b, _d: {}, lambda out, _d: len(out["users"]) > 1),
    "list_teams": Case(lambda _b, _d: {}, lambda out, _d: len(out["teams"]) == 1),
    "get_team": Case(lambda _b, _d: {}, lambda out, _d: out["members"][0]["role"] == "Owner"),
    "list_pipelines": Case(lambda _b, _d: {}, lambda out, _d: out["pipelines"][0]["name"] == "Sales"),
    "get_pipeline": Case(_pipeline, lambda out, _d: out["stages"][0]["key"] == "5001"),
    "list_stages": Case(_pipeline, lambda out, _d: "Negotiation" in [one["name"] for one in out["stages"]]),
    "list_fields": Case(_pipeline, lambda out, _d: "Currency" in [one["name"] for one in out["fields"]]),
    "list_boxes": Case(_pipeline, lambda out, deal: out["boxes"][0]["key"] == deal["box"]),
    "find_boxes": Case(
        lambda b, d: {"name": b.read("get_box", {"box_key": d["box"]})["name"]},
        lambda out, deal: [one["key"] for one in out["boxes"]] == [deal["box"]],
    ),
    "get_box": Case(_of_box, lambda out, _d: out["fields"]["Currency"] == "GBP", "box_key"),
    "get_contact": Case(
        lambda _b, d: {"contact_key": d["contact"]},
        lambda out, d: (out["email"], out["organization_keys"]) == (d["email"], [d["organization"]]),
        "contact_key",
    ),
    "list_contacts": Case(
        lambda _b, _d: {"updated_since": "2020-01-01T00:00:00Z"},
        lambda out, d: d["contact"] in [one["key"] for one in out["contacts"]],
    ),
    "find_contacts": Case(
        lambda _b, d: {"email": d["email"].upper()},
        lambda out, d: [one["key"] for one in out["contacts"]] == [d["contact"]],
    ),
    "get_organization": Case(
        lambda _b, d: {"organization_key": d["organization"]},
        lambda out, d: out["domains"] == [d["domain"]],
        "organization_key",
    ),
    "list_organizations": Case(
        lambda _b, _d: {}, lambda out, d: d["organization"] in [one["key"] for one in out["organizations"]]
    ),
    "find_organizations": Case(
        lambda _b, d: {"domain": d["domain"]},
        lambda out, d: [one["key"] for one in out["organizations"]] == [d["organization"]],
    ),
    "search_records": Case(
        lambda _b, d: {"query": d["email"]},
        lambda out, d: (out["boxes"][0]["key"], out["contacts"][0]["key"]) == (d["box"], d["contact"]),
    ),
    "list_comments": Case(
        _listing(_comment),
        lambda out, _d: [one["message"] for one in out["comments"]] == ["Hello"],
        "box_key",
    ),
    "get_comment": Case(
        lambda b, d: {"comment_key": _comment(b, d)}, lambda out, _d: out["message"] == "Hello", "comment_key"
    ),
    "list_tasks": Case(
        _listing(_task), lambda out, _d: [one["text"] for one in out["tasks"]] == ["Send quote"], "box_key"
    ),
    "get_task": Case(
        lambda b, d: {"task_key": _task(b, d)},
        lambda out, _d: (out["due_at"], out["done"]) == ("2026-12-01T09:00:00Z", False),
        "task_key",
    ),
    "list_meetings": Case(
        _listing(_meeting), lambda out, _d: [one["minutes"] for one in out["meetings"]] == [10], "box_key"
    ),
    "get_meeting": Case(
        lambda b, d: {"meeting_key": _meeting(b, d)},
        lambda out, _d: (out["kind"], out["notes"], out["started_at"]) == ("call", "Agreed", _START),
        "meeting_key",
    ),
    "list_threads": Case(
        _listing(_thread), lambda out, d: out["threads"][0]["emails"] == [d["email"]], "box_key"
    ),
    "get_thread": Case(
        lambda b, d: {"thread_key": _thread(b, d)}, lambda out, _d: out["gmail_id"] == "18c1f0", "thread_key"
    ),
    "list_files": Case(_listing(_file), lambda out, _d: out["files"][0]["name"] == "d1.pdf", "box_key"),
    "get_file": Case(
        lambda b, d: {"file_key": _file(b, d)}, lambda out, _d: out["bytes"] == 48213, "file_key"
    ),
    "list_timeline": Case(
        _listing(_comment), lambda out, _d: "COMMENTS" in [one["type"] for one in out["entries"]], "box_key"
    ),
    "list_newsfeed": Case(_of_box, lambda out, _d: out["stories"][-1]["what"] == "NEW_BOX", "box_key"),
    "list_webhooks": Case(_pipeline, lambda out, _d: out == {"webhooks": []}),
}

WRITES: dict[str, Case] = {
    "create_box": Case(
        lambda _b, _d: {"pipeline": "Sales", "name": "New", "notes": "call first"},
        lambda out, _d: out["name"] == "New",
    ),
    "update_box": Case(
        lambda _b, d: {"box_key": d["box"], "fields": {"Sage invoice": "SI-1"}, "stage": "Closed Won"},
        lambda out, d: out["box_key"] == d["box"],
        "box_key",
    ),
    "delete_box": Case(_of_box, lambda out, _d: out["deleted"], "box_key"),
    "create_contact": Case(
        lambda _b, d: {"given_name": "Bo", "emails": [f"bo@{d['domain']}"], "notes": "likes tea"},
        lambda out, _d: bool(out["contact_key"]),
    ),
    "find_or_create_contact": Case(
        lambda _b, d: {"email": f"new@{d['domain']}"}, lambda out, d: out["contact_key"] != d["contact"]
    ),
    "update_contact": Case(
        lambda _b, d: {"contact_key": d["contact"], "title": "Buyer", "phones": ["1", "2"], "notes": "new"},
        lambda out, d: out["contact_key"] == d["contact"],
        "contact_key",
    ),
    "delete_contact": Case(
        lambda _b, d: {"contact_key": d["contact"]}, lambda out, _d: out["deleted"], "contact_key"
    ),
    "create_organization": Case(
        lambda _b, d: {"name": "Second", "domains": [f"second.{d['domain']}"]},
        lambda out, _d: bool(out["organization_key"]),
    ),
    "find_or_create_organization": Case(
        lambda _b, d: {"domain": f"third.{d['domain']}"},
        lambda out, d: out["organization_key"] != d["organization"],
    ),
    "update_organization": Case(
        lambda _b, d: {"organization_key": d["organization"], "industry": "Books", "employee_count": "11-50"},
        lambda out, d: out["organization_key"] == d["organization"],
        "organization_key",
    ),
    "delete_organization": Case(
        lambda _b, d: {"organization_key": d["organization"]},
        lambda out, _d: out["deleted"],
        "organization_key",
    ),
    "create_comment": Case(
        lambda _b, d: {"box_key": d["box"], "message": "Hello"},
        lambda out, d: out["box_key"] == d["box"],
        "box_key",
    ),
    "update_comment": Case(
        lambda b, d: {"comment_key": _comment(b, d), "message": "Bye"},
        lambda out, _d: out["message"] == "Bye",
        "comment_key",
    ),
    "delete_comment": Case(
        lambda b, d: {"comment_key": _comment(b, d)}, lambda out, _d: out["deleted"], "comment_key"
    ),
    "create_task": Case(
        lambda _b, d: {"box_key": d["box"], "text": "Call", "due_at": _START, "assigned_to": []},
        lambda out, _d: (out["text"], out["due_at"]) == ("Call", _START),
        "box_key",
    ),
    "update_task": Case(
        lambda b, d: {"task_key": _task(b, d), "status": "DONE", "text": "Sent", "due_at": None},
        lambda out, _d: (out["done"], out["text"], out["due_at"]) == (True, "Sent", None),
        "task_key",
    ),
    "delete_task": Case(lambda b, d: {"task_key": _task(b, d)}, lambda out, _d: out["deleted"], "task_key"),
    "create_meeting": Case(
        lambda _b, d: {"box_key": d["box"], "kind": "meeting", "started_at": _START, "minutes": 30},
        lambda out, _d: (out["kind"], out["minutes"], out["notes"]) == ("meeting", 30, ""),
        "box_key",
    ),
    "update_meeting": Case(
        lambda b, d: {"meeting_key": _meeting(b, d), "notes": "Agreed, signed", "minutes": 20},
        lambda out, _d: (out["notes"], out["minutes"]) == ("Agreed, signed", 20),
        "meeting_key",
    ),
    "delete_meeting": Case(
        lambda b, d: {"meeting_key": _meeting(b, d)}, lambda out, _d: out["deleted"], "meeting_key"
    ),
    "log_activity": Case(
        lambda _b, d: {"box_key": d["box"], "kind": "task", "text": "Order 4711 made"},
        lambda out, d: (out["kind"], out["box_key"]) == ("task", d["box"]),
        "box_key",
    ),
}
