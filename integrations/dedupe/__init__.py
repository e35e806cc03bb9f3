"""Keys that were seen: what makes a deduplicating step let each through once."""
