"""A contact was created."""

from connectors.streak.records import CONTACT
from connectors.streak.webhooks import team_trigger

TRIGGER = team_trigger("Contact created", "CONTACT_CREATE", CONTACT, "creationDate", "lastSavedTimestamp")
