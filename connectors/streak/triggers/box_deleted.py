"""A box was deleted."""

from connectors.streak.webhooks import box_trigger

TRIGGER = box_trigger(
    "Box deleted",
    "BOX_DELETE",
    "lastSavedTimestamp",
    "lastUpdatedTimestamp",
    help="The only way to learn of it: a deleted box is in no list.",
)
