"""A box was made."""

from connectors.streak.webhooks import box_trigger

TRIGGER = box_trigger("Box created", "BOX_CREATE", "creationTimestamp", "lastUpdatedTimestamp")
