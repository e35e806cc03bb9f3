"""What can be done with any REST API: one operation a file."""
