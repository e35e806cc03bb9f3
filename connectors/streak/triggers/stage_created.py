"""A stage was added to a pipeline."""

from connectors.streak.records import STAGE
from connectors.streak.webhooks import pipeline_trigger

TRIGGER = pipeline_trigger("Stage created", "STAGE_CREATE", STAGE, "name")
