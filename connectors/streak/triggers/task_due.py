"""A task's time has come."""

from connectors.streak.records import TASK
from connectors.streak.webhooks import pipeline_trigger

TRIGGER = pipeline_trigger("Task due", "TASK_DUE", TASK, "dueDate")
