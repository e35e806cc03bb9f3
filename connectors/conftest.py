"""Connectors' tests stay on this machine, like all others."""

from tests.loopback import only_loopback

__all__ = ["only_loopback"]
