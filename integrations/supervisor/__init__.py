"""Starts Interlock's processes as one group: one parent, its log, restarts, a clean stop. Knows no Django."""
