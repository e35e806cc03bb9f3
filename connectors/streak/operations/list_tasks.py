"""List the tasks of a box, the oldest first."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.activities import TASKS
from connectors.streak.tasks import TASK, TASK_SAMPLE, task_output


def run(call: Call, data: Json) -> Json:
    return {"tasks": [task_output(one) for one in TASKS.of_box(call, data["box_key"])]}


OPERATION = Read(
    title="List tasks",
    input=obj({"box_key": text("Box key", shortest=1)}, required=("box_key",)),
    output=obj({"tasks": items("Tasks", TASK)}, required=("tasks",)),
    sample={"tasks": [TASK_SAMPLE]},
    run=run,
)
