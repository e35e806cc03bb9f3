"""The process group of an embedded installation."""
