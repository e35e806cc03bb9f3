"""What can be done in Streak: one operation a file."""
