"""Turns at SQLite's one write lock."""
