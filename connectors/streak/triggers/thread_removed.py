"""An e-mail thread was taken out of a box."""

from connectors.streak.records import THREAD
from connectors.streak.webhooks import pipeline_trigger

TRIGGER = pipeline_trigger(
    "E-mail thread removed from a box",
    "THREAD_REMOVED_FROM_BOX",
    THREAD,
    "lastSavedTimestamp",
    "lastUpdatedTimestamp",
    help="Streak doesn't document what it posts here; it is given as it comes.",
)
