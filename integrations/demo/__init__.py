"""The demo: a sandbox company, everything started as one group, and a rehearsal that proves the main job end to end."""
