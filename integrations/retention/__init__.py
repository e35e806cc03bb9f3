"""Retention: what is removed when, in small batches, and what is kept for ever (docs/storage.md)."""
