"""Delete an organization."""

from connectors.streak.removal import removal

OPERATION = removal("Delete an organization", "organization", "v2", "organizations")
