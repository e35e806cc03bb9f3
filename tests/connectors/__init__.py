"""Tests of the connector SDK, and of the connectors against the sandbox."""
