"""What is running and what ran: claims, journal, the runner."""
