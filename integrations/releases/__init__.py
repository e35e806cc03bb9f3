"""What is allowed to run: environments, releases, slot bindings, variables."""
