"""Importing an OpenAPI 3 document: from its paths and schemas to the folder of a connector with typed operations."""
