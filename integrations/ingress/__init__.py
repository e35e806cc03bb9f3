"""How the world gets in: endpoints, events, and what was refused at the door."""
