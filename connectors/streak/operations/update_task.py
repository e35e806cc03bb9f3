"""Change a task: what is not given stays."""

from collections.abc import Sequence

from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import choice, obj, text
from connectors.sdk.wire import Json, Request
from connectors.streak.activities import TASKS
from connectors.streak.removal import standing_at
from connectors.streak.tasks import TASK, TASK_INPUT, TASK_SAMPLE, task_body, task_output


def prepare(call: Call, data: Json, _mark: Mark) -> Request:
    return TASKS.to_change(
        call,
        data["task_key"],
        data.get("text"),
        task_body(data) | ({"status": data["status"]} if "status" in data else {}),
    )


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """Read back: the update happened when the task holds what was sent."""
    record = TASKS.changed(call, request)
    return [Match(request.far_id, task_output(record), matched_by="read back")] if record else []


OPERATION = Write(
    title="Update a task",
    effect="update",
    record="task",
    input=obj(
        {
            "task_key": text("Task key", shortest=1),
            "text": text("Text", shortest=1, longest=10_000),
            "status": choice("Status", ["NOT_DONE", "DONE"]),
            **TASK_INPUT,
        },
        required=("task_key",),
    ),
    output=TASK,
    sample=TASK_SAMPLE,
    idempotency=Idempotency("lookup", scope="the task: it is read back and compared"),
    prepare=prepare,
    result=lambda _data, response: task_output(response.json),
    far_id=lambda output: str(output["task_key"]),
    unmarked=TASKS.unmarked,
    find=find,
    standing=lambda call, far_id: standing_at(call, path_of("v2", "tasks", far_id)),
)
