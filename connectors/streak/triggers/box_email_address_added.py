"""A box knows a new e-mail address."""

from connectors.streak.webhooks import box_trigger

TRIGGER = box_trigger(
    "Box got a new e-mail address", "BOX_NEW_EMAIL_ADDRESS", "lastSavedTimestamp", "lastUpdatedTimestamp"
)
