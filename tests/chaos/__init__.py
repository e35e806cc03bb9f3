"""Chaos: won deals while everything around them dies, and a ledger worked out beforehand to compare with (docs/chaos.md)."""
