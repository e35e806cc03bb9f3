"""Delete a task."""

from connectors.streak.removal import removal

OPERATION = removal("Delete a task", "task", "v2", "tasks")
