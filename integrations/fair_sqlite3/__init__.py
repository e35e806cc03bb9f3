"""Django's SQLite backend with a queue in front of its one write lock (Django asks for the module `base` in this package)."""
