"""What Sage is looked at for: it has no webhooks, so changes and deletions are polled, one kind of record a file."""
