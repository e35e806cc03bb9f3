"""Mapping tables: what business users edit, and the one way to read them."""
