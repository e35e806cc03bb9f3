"""The engine: graph in, plan out, journal kept. Plain Python; no ORM, clock or network of its own (DESIGN §3.2)."""
