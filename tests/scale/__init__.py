"""The day's work on a long history: what it costs must not depend on how many runs there have been (`python -m tests.scale`)."""
