"""An organization was deleted."""

from connectors.streak.records import ORGANIZATION
from connectors.streak.webhooks import team_trigger

TRIGGER = team_trigger("Organization deleted", "ORG_DELETE", ORGANIZATION, "lastSavedTimestamp")
