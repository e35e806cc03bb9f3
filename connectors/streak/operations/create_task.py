"""Add a task to a box."""

from collections.abc import Sequence
from dataclasses import replace

from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request
from connectors.streak.activities import TASKS
from connectors.streak.removal import standing_at
from connectors.streak.tasks import TASK, TASK_INPUT, TASK_SAMPLE, task_body, task_output


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    return TASKS.to_add(data["box_key"], data["text"], mark, task_body(data))


def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    return [replace(one, output=task_output(one.output)) for one in TASKS.added(call, request, mark)]


OPERATION = Write(
    title="Add a task",
    help="The text carries a short mark, by which a task whose confirmation was lost is recognised.",
    effect="append",
    record="task",
    input=obj(
        {
            "box_key": text("Box key", shortest=1),
            "text": text("Text", shortest=1, longest=10_000),
            **TASK_INPUT,
        },
        required=("box_key", "text"),
    ),
    output=TASK,
    sample=TASK_SAMPLE,
    idempotency=Idempotency("marker", scope="the tasks of the box"),
    prepare=prepare,
    result=lambda _data, response: task_output(response.json),
    far_id=lambda output: str(output["task_key"]),
    unmarked=TASKS.unmarked,
    find=find,
    standing=lambda call, far_id: standing_at(call, path_of("v2", "tasks", far_id)),
)
