"""What can be done in Sage: one operation a file."""
