"""Comments and tasks of a box."""

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import number, read_put, read_v2
from connectors.streak.sandbox.box_edit import assignees
from connectors.streak.sandbox.boxes import box_in_path
from connectors.streak.sandbox.keys import new_key
from connectors.streak.sandbox.members import sharing
from connectors.streak.sandbox.refusals import caller, missing, refuse
from connectors.streak.sandbox.webhooks import announce, announce_at

__all__ = ["ROUTES"]


def _add_comment(world: World, request: Request, message: str) -> Record:
    box = box_in_path(world, request)
    comment: Record = {
        "key": new_key("Comment"),
        "boxKey": box["key"],
        "pipelineKey": box["pipelineKey"],
        "creatorKey": caller(world, request),
        "message": message,
        "timestamp": world.clock.millis(),
        "reactionSummary": [],
    }
    world.records.put("comment", comment["key"], comment)
    announce(world, "COMMENT_CREATE", box["pipelineKey"], comment, about=box["key"])
    return comment


def list_comments(world: World, request: Request) -> Reply:
    comments = world.records.find("comment", "box", box_in_path(world, request)["key"])
    return Reply(comments if "/v1/" in request.path else {"results": comments, "hasNextPage": False})


def create_comment(world: World, request: Request) -> Reply:
    body = read_put(request, "Comment", "message") if request.method == "PUT" else read_v2(request, "message")
    return Reply(_add_comment(world, request, str(body["message"])))


def _one(world: World, request: Request, kind: str) -> Record:
    return world.records.get(kind, request.params["key"]) or missing(kind.capitalize())


def get_comment(world: World, request: Request) -> Reply:
    return Reply(_one(world, request, "comment"))


def edit_comment(world: World, request: Request) -> Reply:
    comment = _one(world, request, "comment")
    return Reply(
        world.records.put(
            "comment", comment["key"], comment | {"message": str(read_v2(request, "message")["message"])}
        )
    )


def delete_comment(world: World, request: Request) -> Reply:
    world.records.delete("comment", _one(world, request, "comment")["key"])
    return Reply({"success": True})


def _task_view(world: World, task: Record) -> Json:
    people = sharing(world, task["assigned"])
    shown = {name: value for name, value in task.items() if name != "assigned"}
    return shown | {
        "creator": (sharing(world, [task["creatorKey"]]) or [None])[0],
        "assignedTo": people,
        "assignedToSharingEntries": people,
    }


def list_tasks(world: World, request: Request) -> Reply:
    tasks = world.records.find("task", "box", box_in_path(world, request)["key"])
    limit, page = number(request.query("limit"), 1000), number(request.query("page"), 0, 10**6)
    found = [_task_view(world, task) for task in tasks[page * limit : (page + 1) * limit]]
    return Reply({"results": found, "hasNextPage": len(tasks) > (page + 1) * limit})


def agenda(world: World, request: Request) -> Reply:
    """The open tasks of all boxes, most due first."""
    finished = request.query("includeCompleted") == "true"
    tasks = [task for task in world.records.all("task") if finished or task["status"] != "DONE"]
    limit = number(request.query("limit"), 50)
    found = [_task_view(world, task) for task in sorted(tasks, key=lambda task: int(task["dueDate"]))]
    return Reply({"results": found[:limit], "hasNextPage": len(found) > limit})


def create_task(world: World, request: Request) -> Reply:
    box, body, now = box_in_path(world, request), read_v2(request, "text"), world.clock.millis()
    due = body.get("dueDate") or -1
    if not isinstance(due, int):
        refuse("Invalid dueDate")
    task: Record = {
        "key": new_key("Task"),
        "boxKey": box["key"],
        "pipelineKey": box["pipelineKey"],
        "creatorKey": caller(world, request),
        "assigned": assignees(world, body.get("assignedTo") or body.get("assignedToSharingEntries") or []),
        "text": str(body["text"]),
        "status": "NOT_DONE",
        "reminderStatus": "SCHEDULED" if due > 0 else "NONE",
        "dueDate": due,
        "creationDate": now,
        "lastSavedTimestamp": now,
        "lastStatusChangeDate": now,
    }
    world.records.put("task", task["key"], task)
    if not body.get("isDraft"):
        announce(world, "TASK_CREATE", box["pipelineKey"], _task_view(world, task), about=box["key"])
        _remind(world, task)
    return Reply(_task_view(world, task))


def get_task(world: World, request: Request) -> Reply:
    return Reply(_task_view(world, _one(world, request, "task")))


def edit_task(world: World, request: Request) -> Reply:
    task, body, now = _one(world, request, "task"), read_v2(request), world.clock.millis()
    body = {name: value for name, value in body.items() if value is not None}
    if body.get("status", "DONE") not in ("DONE", "NOT_DONE"):
        refuse("Invalid status")
    if not isinstance(body.get("dueDate", 0), int):
        refuse("Invalid dueDate")
    people = body.get("assignedTo", body.get("assignedToSharingEntries"))
    changed = (
        task
        | {n: body[n] for n in ("text", "dueDate", "status") if n in body}
        | ({} if people is None else {"assigned": assignees(world, people)})
        | {"lastSavedTimestamp": now}
    )
    finished = changed["status"] == "DONE" and task["status"] != "DONE"
    if changed["status"] != task["status"]:
        changed["lastStatusChangeDate"] = now
    world.records.put("task", task["key"], changed)
    _remind(world, changed)
    if finished:
        announce(
            world, "TASK_COMPLETE", task["pipelineKey"], _task_view(world, changed), about=task["boxKey"]
        )
    return Reply(_task_view(world, changed))


def _remind(world: World, task: Record) -> None:
    """TASK_DUE comes at the task's time, unless it is done or gone by then."""
    due = task["dueDate"] if task["status"] != "DONE" else -1
    announce_at(world, "TASK_DUE", task["pipelineKey"], _task_view(world, task), task["key"], due)


def delete_task(world: World, request: Request) -> Reply:
    task = _one(world, request, "task")
    world.records.delete("task", task["key"])
    _remind(world, task | {"status": "DONE"})
    return Reply({"success": True})


ROUTES = (
    Route("GET", "/api/<version:v1|v2>/boxes/<box>/comments", list_comments),
    Route("PUT", "/api/v1/boxes/<box>/comments", create_comment),
    Route("POST", "/api/v2/boxes/<box>/comments", create_comment),
    Route("GET", "/api/v2/comments/<key>", get_comment),
    Route("POST", "/api/v2/comments/<key>", edit_comment),
    Route("DELETE", "/api/v2/comments/<key>", delete_comment),
    Route("GET", "/api/v2/boxes/<box>/tasks", list_tasks),
    Route("POST", "/api/v2/boxes/<box>/tasks", create_task),
    Route("GET", "/api/v2/tasks", agenda),
    Route("GET", "/api/v2/tasks/<key>", get_task),
    Route("POST", "/api/v2/tasks/<key>", edit_task),
    Route("DELETE", "/api/v2/tasks/<key>", delete_task),
)
