"""The node types: one file each, ending in `NODE = …`, found by looking (`integrations.engine.catalog`)."""
