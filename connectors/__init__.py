"""Connectors: one folder per far system, found by its `manifest.toml`. Nothing here knows Django."""
