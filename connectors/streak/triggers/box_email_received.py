"""An e-mail came in for a box."""

from connectors.streak.records import THREAD
from connectors.streak.webhooks import pipeline_trigger

TRIGGER = pipeline_trigger(
    "Box received an e-mail",
    "BOX_NEW_EMAIL_RECEIVED",
    THREAD,
    "lastEmailTimestamp",
    "lastUpdatedTimestamp",
    help="Streak doesn't document what it posts here; it is given as it comes.",
)
