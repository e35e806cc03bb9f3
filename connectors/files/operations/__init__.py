"""What can be done with files: one operation a file."""
