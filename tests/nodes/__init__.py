"""The node types, one by one."""
