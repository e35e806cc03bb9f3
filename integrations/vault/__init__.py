"""Connections and their sealed secrets."""
