"""Any REST API that has no connector of its own."""
