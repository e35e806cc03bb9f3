"""A call or meeting was logged."""

from connectors.streak.records import MEETING
from connectors.streak.webhooks import pipeline_trigger

TRIGGER = pipeline_trigger(
    "Call or meeting logged", "MEETING_CREATE", MEETING, "creationDate", "lastSavedTimestamp"
)
