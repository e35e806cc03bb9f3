"""Questions that runs put to people, and what was decided."""
