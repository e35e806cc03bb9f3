"""The sandbox driver: a desktop Sage 50 played on a company file, with SDO's rules and refusals."""
