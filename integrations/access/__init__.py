"""Who may do what: roles, the one authorisation function, API keys, audit."""
