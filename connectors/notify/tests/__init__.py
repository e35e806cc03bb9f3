"""Tests of the messages connector."""
