"""Sage 50 in the cloud: Sage Business Cloud Accounting, API v3.1. Its habits: `$`-envelopes and `$`-error arrays, sparse
items unless `attributes` asks for more, tokens of five minutes whose refresh token changes every time, and an
`idempotency_id` that makes a repeated create answer as the first did, for seven days. It has no sales orders."""
