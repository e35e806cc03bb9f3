"""Tests of the Sage 50 connector."""
