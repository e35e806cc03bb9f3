"""A simulator of Streak: its API v1 and v2 as far as deals, people and webhooks go."""
