"""What can be done with a messaging service: one operation a file."""
