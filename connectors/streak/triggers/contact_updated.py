"""A contact was updated."""

from connectors.streak.records import CONTACT
from connectors.streak.webhooks import team_trigger

TRIGGER = team_trigger("Contact updated", "CONTACT_UPDATE", CONTACT, "lastSavedTimestamp")
