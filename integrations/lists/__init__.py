"""Long lists: the pages that hold their items."""
