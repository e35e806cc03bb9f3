"""Delete a comment."""

from connectors.streak.removal import removal

OPERATION = removal("Delete a comment", "comment", "v2", "comments")
