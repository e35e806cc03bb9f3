"""What far systems can bear: shared rates, what they taught us, circuit breakers, and slots for calls at once."""
