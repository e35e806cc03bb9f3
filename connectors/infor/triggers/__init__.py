"""Triggers of Infor, one a file."""
