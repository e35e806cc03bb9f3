"""Delete a contact."""

from connectors.streak.removal import removal

OPERATION = removal("Delete a contact", "contact", "v2", "contacts")
