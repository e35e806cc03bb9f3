"""A task was made."""

from connectors.streak.records import TASK
from connectors.streak.webhooks import pipeline_trigger

TRIGGER = pipeline_trigger(
    "Task created", "TASK_CREATE", TASK, "creationDate", "lastSavedTimestamp", help="Drafts are not told of."
)
