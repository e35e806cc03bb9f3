"""Streak, the CRM inside Gmail. Its habits: v1 and v2 must be mixed, creates and updates want different encodings, deals
("boxes") have no amount of their own (custom fields hold it), and a wrong write may be answered 200 with nothing in it."""
