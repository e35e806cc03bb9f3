"""The sandbox: what every simulator of a far system shares (state file, HTTP server, faults, traffic, control page)."""
