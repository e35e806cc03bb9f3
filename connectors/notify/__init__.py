"""Messages to people: by e-mail, and to the services that teams and on-call engineers watch."""
