"""A simulator of Sage Business Cloud Accounting, API v3.1, as far as selling needs it."""
