"""The effect ledger: every business effect happens once."""
