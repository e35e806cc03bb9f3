"""The seam to the queue: a message is a hint, the database says what is due."""
