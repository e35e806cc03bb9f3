"""What the API answers with: one serializer per thing, shared by REST and the live socket."""
