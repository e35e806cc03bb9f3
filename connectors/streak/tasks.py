"""A task as flows see it, and what of it can be written."""

from connectors.sdk.schema import boolean, choice, items, obj, text, timestamp
from connectors.sdk.wire import Json, Schema
from connectors.streak.activities import TASKS
from connectors.streak.moments import iso, millis_of

__all__ = ["TASK", "TASK_INPUT", "TASK_SAMPLE", "task_body", "task_output"]

_NEVER = -1
TASK_INPUT: dict[str, Schema] = {
    "due_at": timestamp("Due", help="Null for a task without a date.", type=["string", "null"]),
    "assigned_to": items("Assigned to", text("E-mail", shortest=3)),
}
TASK: Schema = obj(
    {
        "task_key": text("Task key"),
        "box_key": text("Box key"),
        "text": text("Text"),
        "status": choice("Status", ["NOT_DONE", "DONE"]),
        "done": boolean("Done"),
        "due_at": timestamp("Due", type=["string", "null"]),
        "assigned_to": items("Assigned to", obj({"user_key": text("User key"), "email": text("E-mail")})),
        "created_at": timestamp("Created", type=["string", "null"]),
        "updated_at": timestamp("Saved", type=["string", "null"]),
    },
    required=("task_key", "box_key", "text", "status", "done", "due_at", "assigned_to"),
)
TASK_SAMPLE: Json = {
    "task_key": "agxTASK1",
    "box_key": "agxBOX1",
    "text": "Send quote",
    "status": "NOT_DONE",
    "done": False,
    "due_at": "2026-11-28T09:00:00Z",
    "assigned_to": [{"user_key": "agxUSER1", "email": "ana@example.test"}],
    "created_at": "2026-11-21T09:30:00Z",
    "updated_at": "2026-11-21T09:30:00Z",
}


def task_body(data: Json) -> dict[str, Json]:
    """What of `TASK_INPUT` is given, as Streak takes it: people by e-mail, -1 for no date."""
    body: dict[str, Json] = {}
    if "due_at" in data:
        body["dueDate"] = millis_of(data["due_at"], "/due_at") if data["due_at"] else _NEVER
    if "assigned_to" in data:
        body["assignedTo"] = [{"email": email.strip().lower()} for email in data["assigned_to"]]
    return body


def task_output(task: Json) -> dict[str, Json]:
    """Streak's task → what `TASK` describes. Older answers name the people under another name."""
    people = task.get("assignedTo") or task.get("assignedToSharingEntries") or []
    status = "DONE" if task.get("status") == "DONE" else "NOT_DONE"
    return {
        "task_key": str(task["key"]),
        "box_key": str(task.get("boxKey") or ""),
        "text": TASKS.text_of(task),
        "status": status,
        "done": status == "DONE",
        "due_at": iso(task.get("dueDate")),
        "assigned_to": [
            {"user_key": str(one.get("userKey") or ""), "email": str(one.get("email") or "")}
            for one in people
        ],
        "created_at": iso(task.get("creationDate")),
        "updated_at": iso(task.get("lastSavedTimestamp")),
    }
