"""A contact was deleted."""

from connectors.streak.records import CONTACT
from connectors.streak.webhooks import team_trigger

TRIGGER = team_trigger("Contact deleted", "CONTACT_DELETE", CONTACT, "lastSavedTimestamp")
