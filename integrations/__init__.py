"""The Django project and the runtime: what carries every event through its flow, once."""
