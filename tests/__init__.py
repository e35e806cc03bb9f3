"""What holds the house: tests of everything but the connectors, which bring their own."""
