"""Live progress to the browser: the socket tails the journal of what somebody watches; workers publish nothing."""
