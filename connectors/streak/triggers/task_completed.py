"""A task was done."""

from connectors.streak.records import TASK
from connectors.streak.webhooks import pipeline_trigger

TRIGGER = pipeline_trigger(
    "Task completed", "TASK_COMPLETE", TASK, "lastStatusChangeDate", "lastSavedTimestamp"
)
