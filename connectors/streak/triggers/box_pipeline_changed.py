"""A box moved to another pipeline."""

from connectors.streak.webhooks import box_trigger

TRIGGER = box_trigger(
    "Box changed pipeline",
    "BOX_CHANGE_PIPELINE",
    "lastSavedTimestamp",
    "lastUpdatedTimestamp",
    help="Stages and custom fields of the new pipeline have other keys.",
)
