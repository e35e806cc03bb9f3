"""An e-mail thread was put in a box."""

from connectors.streak.records import THREAD
from connectors.streak.webhooks import pipeline_trigger

TRIGGER = pipeline_trigger(
    "E-mail thread added to a box",
    "THREAD_ADDED_TO_BOX",
    THREAD,
    "creationTimestamp",
    "lastUpdatedTimestamp",
    help="Streak doesn't document what it posts here; it is given as it comes.",
)
