"""A box's custom field, notes, name or assignment was edited."""

from connectors.streak.webhooks import box_trigger

TRIGGER = box_trigger(
    "Box edited",
    "BOX_EDIT",
    "lastSavedTimestamp",
    "lastUpdatedTimestamp",
    help="Stage changes have an event of their own.",
)
