"""The failures inbox: problems grouped, and what a person may do about them."""
