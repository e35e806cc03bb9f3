"""How flows learn of files: one trigger a file."""
