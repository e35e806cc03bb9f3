"""Bundles: flows with all they need, in files that can be read, compared and carried to another environment (DESIGN §6)."""
