"""Delete a box (deal)."""

from connectors.streak.removal import removal

OPERATION = removal(
    "Delete a box",
    "box",
    "v1",
    "boxes",
    help="Its tasks, comments, files and e-mails go with it; Streak can't undo it.",
)
