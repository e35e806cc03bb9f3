"""Polling: looking at far systems for what has changed, page by page, so that nothing is lost and nothing comes twice."""
