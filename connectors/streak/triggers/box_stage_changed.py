"""A box moved to another stage."""

from connectors.streak.webhooks import box_trigger

TRIGGER = box_trigger(
    "Box changed stage",
    "BOX_CHANGE_STAGE",
    "lastStageChangeTimestamp",
    "lastUpdatedTimestamp",
    help="Starts when a deal moves to any stage of the pipeline; filter for the stage you mean.",
)
