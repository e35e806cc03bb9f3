"""An organization was created."""

from connectors.streak.records import ORGANIZATION
from connectors.streak.webhooks import team_trigger

TRIGGER = team_trigger("Organization created", "ORG_CREATE", ORGANIZATION, "lastSavedTimestamp")
