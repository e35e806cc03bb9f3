"""How fast, how cheap and how big Interlock is: `make bench` (docs/performance.md says what each figure means)."""
