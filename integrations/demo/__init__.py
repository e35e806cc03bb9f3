"""The demonstration: seed a small company and carry one deal through everything."""
