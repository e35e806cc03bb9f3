"""The operators' admin: its site, who may do what in it, and the parts its pages are made of."""
