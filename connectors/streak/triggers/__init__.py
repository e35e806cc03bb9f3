"""What Streak tells us about: one webhook event a file."""
