"""Read one task."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json
from connectors.streak.activities import TASKS
from connectors.streak.tasks import TASK, TASK_SAMPLE, task_output


def run(call: Call, data: Json) -> Json:
    return task_output(TASKS.read(call, data["task_key"]))


OPERATION = Read(
    title="Get a task",
    input=obj({"task_key": text("Task key", shortest=1)}, required=("task_key",)),
    output=TASK,
    sample=TASK_SAMPLE,
    run=run,
)
