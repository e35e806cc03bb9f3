"""REST views of the designer."""
