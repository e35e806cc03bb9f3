"""A comment was made."""

from connectors.streak.records import COMMENT
from connectors.streak.webhooks import pipeline_trigger

TRIGGER = pipeline_trigger("Comment created", "COMMENT_CREATE", COMMENT, "timestamp")
