"""A call or meeting was changed."""

from connectors.streak.records import MEETING
from connectors.streak.webhooks import pipeline_trigger

TRIGGER = pipeline_trigger("Call or meeting changed", "MEETING_UPDATE", MEETING, "lastSavedTimestamp")
