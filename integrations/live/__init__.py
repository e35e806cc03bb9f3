"""Run progress to the browser, by tailing the journal of what somebody watches."""
