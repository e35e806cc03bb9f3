"""The on-premise agent: a small program beside a desktop Sage 50 that fetches work over HTTPS and does it once.

It needs Python, `requests` and nothing else of Interlock. It is no connector: a folder is one only with a manifest.
"""

VERSION = "0.1.0"
"""Told to the server with every heartbeat; a job may ask for a newer one."""
