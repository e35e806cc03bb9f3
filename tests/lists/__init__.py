"""Long lists on the database."""
