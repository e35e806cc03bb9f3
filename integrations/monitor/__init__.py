"""What people and other programs see of how Interlock itself does: the engine's health, and what needs to be known now."""
