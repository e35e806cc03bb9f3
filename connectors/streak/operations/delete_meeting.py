"""Delete a meeting or call."""

from connectors.streak.removal import removal

OPERATION = removal("Delete a meeting or call", "meeting", "v2", "meetings")
