"""Tests of the Streak connector."""
