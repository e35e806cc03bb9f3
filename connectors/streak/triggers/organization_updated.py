"""An organization was updated."""

from connectors.streak.records import ORGANIZATION
from connectors.streak.webhooks import team_trigger

TRIGGER = team_trigger("Organization updated", "ORG_UPDATE", ORGANIZATION, "lastSavedTimestamp")
