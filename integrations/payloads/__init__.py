"""The one codec for everything stored: compress, seal with a data key, class, subject keys."""
